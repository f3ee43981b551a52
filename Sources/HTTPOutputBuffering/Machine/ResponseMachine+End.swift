import HTTPContentCoding
public import HTTPTypes

extension ResponseMachine {
  /// Ends the response: the last call of a message that is whole.
  ///
  /// An open response is committed with all of its body in hand. After the end the call does
  /// nothing. Where the head was all of the response its end has been handed out already.
  ///
  /// - Throws: ``ResponseError/Code/declaredLengthExceeded`` or
  ///   ``ResponseError/Code/declaredLengthNotReached``: an open response stays open, so that another
  ///   answer can be given; a committed one is aborted. ``ResponseError/Code/invalidStatus``: the status
  ///   can't be that of a final response, and the response stays open; so it does with
  ///   ``ResponseError/Code/tooManyFields``. ``ResponseError/Code/encodingFailed``: it is aborted.
  public mutating func finish() throws(ResponseError) {
    _ = try finish(coding: .max)
  }

  /// Does a part of ``finish()``: for callers that mustn't take long at a time, to be called until it is done.
  ///
  /// In between nothing but ``abort()`` may be called.
  ///
  /// - Parameter byteCount: How much of a body in memory is coded now, in bytes, at least one; all of it where
  ///   the encoder wants it in one call. ``wholePosition`` says how much it was.
  /// - Returns: Whether the response has ended.
  /// - Throws: As ``finish()``.
  package mutating func finish(coding byteCount: Int) throws(ResponseError) -> Bool {
    let wasOver = isOver
    switch state {
    case .open where wholeCoding == nil:
      if allowsContent, let expectedByteCount, byteCountIn != expectedByteCount {
        throw lengthMismatch(written: byteCountIn, declared: expectedByteCount)
      }
      let padding = settings.policy.paddingByteCount(for: collected.span)
      place(try beginWhole(collected.count, padding: padding))
      // Committed, or begun.
      return try finish(coding: byteCount)
    case .open:
      let content = collected
      let body = codeWhole(content.span, coding: byteCount)
      if case .coded = body { return false }
      if isHeadAll { discardCollected() }
      place(body)
      collected = []
    case .committed:
      if let promisedByteCount, byteCountIn != promisedByteCount {
        let error = lengthMismatch(written: byteCountIn, declared: promisedByteCount)
        abort()
        throw error
      }
      try encode(Span(), flush: .finish)
    case .finished, .aborted:
      return true
    }
    encoder = nil
    if !wasOver { output.end = .complete(trailers: carriesTrailers ? sentTrailers : nil) }
    state = .finished
    return true
  }

  /// Puts what was collected where it belongs.
  private mutating func place(_ body: WholeBody) {
    switch body {
    case .identity:
      // Nothing was sendable before the commit: the storage can be moved.
      output.body = collected
      collected = []
    case .none where isHeadAll: discardCollected()
    case .none, .coded, .stream: break
    }
  }

  /// Ends the response with trailer fields; a message whose framing has no room for them leaves them
  /// out (RFC 9110 §6.5.1).
  ///
  /// For adapters that learn of the trailers with the end. A field that can't be a trailer is left out, and
  /// its name is in ``droppedTrailers``.
  ///
  /// - Parameter trailers: The trailer fields; nil for those that were set before.
  /// - Throws: As ``finish()``.
  public mutating func finish(trailers: HTTPFields?) throws(ResponseError) {
    if let trailers, isOpen || carriesTrailers { adoptTrailers(trailers) }
    try finish()
  }

  /// Does a part of ``finish(trailers:)``: see ``finish(coding:)``.
  package mutating func finish(
    trailers: HTTPFields?, coding byteCount: Int
  ) throws(ResponseError) -> Bool {
    if let trailers, wholeCoding == nil, isOpen || carriesTrailers { adoptTrailers(trailers) }
    return try finish(coding: byteCount)
  }

  /// The trailer fields as they go out; nil for none.
  var sentTrailers: HTTPFields? {
    guard var fields = trailers else { return nil }
    if let decision { fields.applyToTrailers(decision) }
    return fields.isEmpty ? nil : fields
  }

  /// Whether the committed framing has room for trailer fields (RFC 9110 §6.5.1).
  var carriesTrailers: Bool {
    switch state {
    case .committed(.chunked), .committed(.endOfStream): true
    case .committed(let framing) where framing.contentLength != nil: request.version == .http2
    default: false
    }
  }

  /// Gives the response up: what was committed must look broken to the client.
  ///
  /// Nothing that is still unsent goes out, no last chunk, no trailer of the coding. An open response
  /// leaves no trace, so that the server can answer with an error of its own. The encoder goes back
  /// to its pool. After the end the call does nothing.
  public mutating func abort() {
    guard !hasEnded else { return }
    if isOver && output.end == nil {
      // The message is whole.
      state = .aborted
      return
    }
    discardCollected()
    wholeCoding = nil
    encoder = nil
    output.body = []
    output.file = nil
    output.head = nil
    output.informational = []
    output.end = .aborted
    state = .aborted
  }
}
