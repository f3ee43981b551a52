import HTTPContentCoding
public import HTTPTypes
import OutputBuffering

extension ResponseMachine {
  /// Whether the body can go out as it is, and nobody has declared its length: an adapter that holds the
  /// body back for a while may learn it and declare it by ``passThrough(bodyByteCount:trailers:)``.
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

  /// Commits a response whose body exists already, if that body can go out as it is.
  ///
  /// For adapters that are handed a finished response. Where the answer is nil the body has to go
  /// through ``write(_:)`` and ``finish()``, and nothing has been changed. Otherwise the machine is done.
  ///
  /// A response to HEAD is described by the length that it declares. Where it declares none, neither a
  /// length nor a coding is claimed (RFC 9110 §9.3.2), and its tag stays as it is.
  ///
  /// - Parameters:
  ///   - bodyByteCount: The body's length in bytes, where it is known.
  ///   - trailers: Trailer fields that will follow the body, where they are known; nil for those that
  ///     were set before.
  /// - Returns: The head to send with the untouched body, and what may follow it.
  public mutating func passThrough(bodyByteCount: Int?, trailers: HTTPFields? = nil) -> Passage? {
    look()
    guard state == .open, (try? requireFinalStatus()) != nil else { return nil }
    // What is less than nothing says nothing.
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
      return Passage(
        head: ResponseOutput.Head(response: head, framing: .noContent), closesConnection: false,
        isTunnel: isTunnel)
    }
    let isHEAD = request.method == .head
    let byteCount = isHEAD ? facts.declaredByteCount : bodyByteCount
    var decision = plan.decision(about: byteCount.map(BodySize.exactly) ?? .atLeast(0))
    if isHEAD { decision = decision.describing(byteCount, streamedBeyond: streamedAsIdentityLimit) }
    let hasContent = !isHEAD && allowsContent
    if decision.isRefused || (decision.coding != nil && hasContent) { return nil }
    // A length that is only declared has to be kept, which takes counting, or is wrong already.
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
    return output.head.map { Passage(head: $0, closesConnection: closesConnection) }
  }

  /// Says how long the body is going to be: another one is an error, coded or not, since its source must
  /// have failed.
  ///
  /// For adapters that are handed a response whose body has to go through ``write(_:)``.
  ///
  /// - Parameter bodyByteCount: The body's length in bytes, where it is known.
  public mutating func expect(bodyByteCount: Int?) {
    expectedByteCount =
      request.method == .head ? nil : bodyByteCount.flatMap { $0 < 0 ? nil : $0 }
  }

  /// Ends the response with a body that is in memory already: it leaves with an exact length, unless it is
  /// coded and longer than ``ResponseSettings/maximumWholeBytes``.
  ///
  /// All of it is coded by this call: a body that is longer is better written in slices.
  ///
  /// - Parameters:
  ///   - body: All of the body.
  ///   - trailers: The trailer fields, as for ``finish(trailers:)``; nil for those that were set before.
  /// - Throws: As ``finish()``; a response that stays open has accepted none of `body`.
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

  /// What becomes of a body that an adapter keeps.
  package enum KeptBody {
    /// Some of it is left to be coded.
    case isUnfinished
    /// The response has ended; what there is to send is in the output.
    case isDone
    /// The response has ended; the adapter sends the body as it is between head and end. It isn't counted in
    /// ``byteCountOut``.
    case follows
    /// The response is coded as a stream: the body is to be written, and the end is still due.
    case isStreamed
  }

  /// Does a part of ending the response with a body that the adapter keeps: for callers that mustn't take long
  /// at a time, to be called until it is done.
  ///
  /// In between nothing but ``abort()`` may be called.
  ///
  /// - Parameters:
  ///   - body: All of the body, the same at each call; nothing was written before.
  ///   - trailers: The trailer fields, as for ``finish(trailers:)``.
  ///   - byteCount: How much of it is coded now, in bytes, at least one; all of it where the encoder wants it in
  ///     one call. ``wholePosition`` says how much it was.
  /// - Returns: What becomes of the body.
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
        throw lengthMismatch(written: body.count, declared: expectedByteCount)
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

  /// Ends the response with bytes behind those that have been collected.
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
