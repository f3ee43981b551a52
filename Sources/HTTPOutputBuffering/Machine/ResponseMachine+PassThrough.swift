import HTTPContentCoding
public import HTTPTypes
import OutputBuffering

extension ResponseMachine {
  /// Whether the body can be sent unchanged but its length hasn't been declared.
  public var lacksLength: Bool {
    mutating get {
      guard isOpen, request.method != .head, allowsContent, status != .switchingProtocols
      else { return false }
      look()
      guard facts.declaredByteCount == nil else { return false }
      let decision = plan.decision(about: .atLeast(0))
      return decision.coding == nil && !decision.isRefused
    }
  }

  /// Commits a response that an adapter already has, if its body can be sent unchanged.
  ///
  /// If the result is nil, nothing has changed, and the body has to go through ``write(_:)`` and
  /// ``finish()``. Otherwise the machine has no more to do.
  ///
  /// A response to HEAD describes content of the length that it declares. If it declares none, it
  /// claims neither a length nor a coding (RFC 9110 §9.3.2), and its tag is unchanged.
  ///
  /// - Parameters:
  ///   - bodyByteCount: The body's length in bytes, if it is known.
  ///   - trailers: Trailer fields that follow the body, if they are known; nil keeps those set
  ///     before.
  /// - Returns: The head to send and the content that may follow it; nil if the body can't be sent
  ///   unchanged.
  public mutating func passThrough(bodyByteCount: Int?, trailers: HTTPFields? = nil)
    -> UncodedResponse?
  {
    look()
    guard state == .open, (try? requireFinalStatus()) != nil else { return nil }
    // A negative length means an unknown one.
    let bodyByteCount = bodyByteCount.flatMap { $0 < 0 ? nil : $0 }
    let isTunnel = status.beginsTunnel(answering: request.method)
    if isTunnel {
      // A switch of protocols keeps its fields (RFC 9110 §7.8), a tunnel has none of framing (§9.3.6).
      if status != .switchingProtocols {
        edits.removeFramingFields(facts, version: request.version)
        edits.setContentLength(nil, facts)
      }
      if facts.hasContentEncoding { edits.contentEncoding = .remove }
      edit()
      state = .finished
      return UncodedResponse(
        head: ResponseOutput.Head(response: head, framing: .noContent), closesConnection: false,
        isTunnel: isTunnel)
    }
    let isHEAD = request.method == .head
    let byteCount = isHEAD ? facts.declaredByteCount : bodyByteCount
    var decision = plan.decision(about: byteCount.map(BodySize.exactly) ?? .atLeast(0))
    if isHEAD { decision = decision.describing(byteCount, streamedBeyond: streamedAsIdentityLimit) }
    let hasContent = !isHEAD && allowsContent
    if decision.isRefused || (decision.coding != nil && hasContent) { return nil }
    // A declared length that the known length doesn't confirm has to be checked by counting.
    if hasContent, let declared = facts.declaredByteCount, declared != bodyByteCount { return nil }
    if let trailers { adoptTrailers(trailers) }
    commit(
      decision, contentLength: decision.coding == nil ? byteCount : nil, plain: byteCount)
    state = .finished
    if hasContent, let bodyByteCount {
      byteCountIn = bodyByteCount
      byteCountOut = bodyByteCount
    }
    defer { output = ResponseOutput() }
    return output.head.map { UncodedResponse(head: $0, closesConnection: closesConnection) }
  }

  /// Sets the expected length of the body; any other length is an error, whether or not the body is
  /// coded.
  ///
  /// For adapters that get a complete response from a framework and write its body with
  /// ``write(_:)``. A body of another length means that its source has failed.
  ///
  /// - Parameter bodyByteCount: The body's length in bytes, if it is known.
  public mutating func expect(bodyByteCount: Int?) {
    expectedByteCount =
      request.method == .head ? nil : bodyByteCount.flatMap { $0 < 0 ? nil : $0 }
  }

  /// Ends the response with a complete body that is in memory.
  ///
  /// The body is sent with an exact length, unless it is coded and longer than
  /// ``ResponseSettings/maximumWholeBytes``. This call codes all of it: write a long body in slices
  /// instead.
  ///
  /// - Parameters:
  ///   - body: The complete body.
  ///   - trailers: The trailer fields, as for ``finish(trailers:)``; nil keeps those set before.
  /// - Throws: As ``finish()``; if the response stays open, none of `body` was accepted.
  public mutating func finish(
    with body: Span<UInt8>, trailers: HTTPFields? = nil
  ) throws(ResponseError) {
    guard isOpen, allowsContent, collected.isEmpty else {
      look()
      if isOpen { try requireFinalStatus() }
      if let trailers, isOpen || carriesTrailers { adoptTrailers(trailers) }
      if isOpen && allowsContent { return try finishCollected(adding: body) }
      try write(body)
      return try finish()
    }
    switch try finish(keeping: body, trailers: trailers, coding: .max) {
    case .follows: output.body.append(copying: body)
    case .isStreamed:
      try write(body)
      try finish()
    case .isUnfinished, .isDone: break
    }
  }

  /// The progress of a body that an adapter keeps.
  package enum KeptBody {
    /// Some of the body isn't coded yet.
    case isUnfinished
    /// The response has ended; its content is in the output.
    case isDone
    /// The response has ended; the adapter sends the body unchanged between head and end.
    /// ``byteCountOut`` doesn't count it.
    case follows
    /// The response is coded as a stream: the adapter writes the body and ends the response.
    case isStreamed
  }

  /// Performs one step of ending the response with a body that the adapter keeps, for callers that
  /// must not block for long.
  ///
  /// The caller repeats the call until the body is finished. Between two steps it may call only
  /// ``abort()``.
  ///
  /// - Parameters:
  ///   - body: The complete body, the same in each call; nothing was written before.
  ///   - trailers: The trailer fields, as for ``finish(trailers:)``.
  ///   - byteCount: The number of bytes to code in this step, at least one; ignored if the encoder
  ///     takes the body in one call. ``wholePosition`` tells how many were coded.
  /// - Returns: The progress of the body.
  /// - Throws: As ``finish()``.
  package mutating func finish(
    keeping body: Span<UInt8>, trailers: HTTPFields?, coding byteCount: Int
  ) throws(ResponseError) -> KeptBody {
    var whole = WholeBody.coded
    if wholeCoding == nil {
      look()
      try requireFinalStatus()
      if let trailers { adoptTrailers(trailers) }
      if let expectedByteCount, allowsContent, body.count != expectedByteCount {
        throw .length(of: body.count, expected: expectedByteCount)
      }
      whole = try beginWhole(
        body.count, padding: settings.policy.paddingByteCount(for: body))
    }
    if case .coded = whole { whole = codeWhole(body, coding: byteCount) }
    switch whole {
    case .coded: return .isUnfinished
    case .stream: return .isStreamed
    case .none where isHeadAll: discard(body)
    case .none, .identity: byteCountIn = body.count
    }
    try finish()
    if case .identity = whole { return .follows }
    return .isDone
  }

  /// Ends the response with bytes that follow the collected ones.
  private mutating func finishCollected(adding bytes: Span<UInt8>) throws(ResponseError) {
    try checkExpectedLength(adding: bytes.count)
    collected.append(copying: bytes)
    byteCountIn += bytes.count
    do throws(ResponseError) {
      try finish()
    } catch {
      if isOpen {
        collected.removeLast(bytes.count)
        byteCountIn -= bytes.count
      }
      throw error
    }
  }
}
