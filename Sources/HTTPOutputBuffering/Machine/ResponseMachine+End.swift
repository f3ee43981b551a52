import HTTPContentCoding
public import HTTPTypes

extension ResponseMachine {
  /// Ends the response; the message is complete.
  ///
  /// An open response is committed with its complete body. After the end, the call does nothing. If
  /// the head is the whole response, its end has already been handed out.
  ///
  /// - Throws: ``ResponseError/Code/declaredLengthExceeded`` or
  ///   ``ResponseError/Code/declaredLengthNotReached``: an open response stays open, so that
  ///   another answer can be given; a committed one is aborted.
  ///   ``ResponseError/Code/invalidStatus``, if a final response can't have the status, or
  ///   ``ResponseError/Code/tooManyFields``: the response stays open.
  ///   ``ResponseError/Code/encodingFailed``: it is aborted.
  public mutating func finish() throws(ResponseError) {
    _ = try finish(coding: .max)
  }

  /// Performs one step of ``finish()``, for callers that must not block for long.
  ///
  /// The caller repeats the call until the response has ended. Between two steps it may call only
  /// ``abort()``.
  ///
  /// - Parameter byteCount: The number of bytes of a body in memory to code in this step, at least
  ///   one; ignored if the encoder takes the body in one call. ``wholePosition`` tells how many
  ///   were coded.
  /// - Returns: Whether the response has ended.
  /// - Throws: As ``finish()``.
  package mutating func finish(coding byteCount: Int) throws(ResponseError) -> Bool {
    let wasOver = isOver
    switch state {
    case .open where wholeCoding == nil:
      if allowsContent, let expectedByteCount, byteCountIn != expectedByteCount {
        throw .length(of: byteCountIn, expected: expectedByteCount)
      }
      let padding = settings.policy.paddingByteCount(for: collected.span)
      place(try beginWhole(collected.count, padding: padding))
      // The response is now committed, or its coding has begun.
      return try finish(coding: byteCount)
    case .open:
      let content = collected
      let body = codeWhole(content.span, coding: byteCount)
      if case .coding = body { return false }
      if isHeadAll { discardCollected() }
      place(body)
      collected = []
    case .committed:
      if let promisedByteCount, byteCountIn != promisedByteCount {
        let error = ResponseError.length(of: byteCountIn, declared: promisedByteCount)
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

  /// Moves the collected bytes into the output, or discards them.
  private mutating func place(_ body: WholeBody) {
    switch body {
    case .identity:
      // Nothing was sendable before the commit: the storage can be moved.
      output.body = collected
      collected = []
    case .done where isHeadAll: discardCollected()
    case .done, .coding, .stream: break
    }
  }

  /// Ends the response with trailer fields, or without them if its framing has no room (RFC 9110
  /// §6.5.1).
  ///
  /// For adapters that learn of the trailers at the end. Forbidden trailer fields are left out, and
  /// ``droppedTrailers`` has their names.
  ///
  /// - Parameter trailers: The trailer fields; nil keeps those set before.
  /// - Throws: As ``finish()``.
  public mutating func finish(trailers: HTTPFields?) throws(ResponseError) {
    adoptTrailers(trailers)
    try finish()
  }

  /// Performs one step of ``finish(trailers:)``: see ``finish(coding:)``.
  package mutating func finish(
    trailers: HTTPFields?, coding byteCount: Int
  ) throws(ResponseError) -> Bool {
    if wholeCoding == nil { adoptTrailers(trailers) }
    return try finish(coding: byteCount)
  }

  /// The trailer fields as they are sent; nil for none.
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

  /// Aborts the response, so that a committed message looks broken to the client.
  ///
  /// Unsent output is discarded; no last chunk and no end of the coding is sent. An open response
  /// leaves no trace, so that the server can answer with its own error. The encoder returns to its
  /// pool. After the end, the call does nothing.
  public mutating func abort() {
    guard !hasEnded else { return }
    if isOver && output.end == nil {
      // The message is complete.
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
