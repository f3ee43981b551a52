import HTTPContentCoding
public import HTTPTypes
import OutputBuffering

extension ResponseMachine {
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
    let sent = trailers.map(\.splitTrailers.allowed) ?? self.trailers
    guard state == .open,
      let commit = examined.passThrough(
        bodyByteCount: bodyByteCount, hasTrailers: sent?.isEmpty == false,
        closesConnection: closesConnection, settings: settings)
    else { return nil }
    adoptTrailers(trailers)
    let (framing, content) = (commit.framing, commit.content)
    adopt(commit)
    state = .finished
    if case .counted = content, let bodyByteCount {
      byteCountIn = bodyByteCount
      byteCountOut = bodyByteCount
    }
    return UncodedResponse(
      head: ResponseOutput.Head(response: head, framing: framing),
      closesConnection: closesConnection, content: content)
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
      examined.answersHEAD ? nil : bodyByteCount.flatMap { $0 < 0 ? nil : $0 }
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
      if isOpen { try examined.requireFinalStatus() }
      adoptTrailers(trailers)
      if isOpen && allowsContent { return try finishCollected(adding: body) }
      try write(body)
      return try finish()
    }
    switch try finish(keeping: body, trailers: trailers, coding: .max) {
    case .identity: output.body.append(copying: body)
    case .stream:
      try write(body)
      try finish()
    case .coding, .done: break
    }
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
  /// - Returns: How the body is sent. The response has ended with ``WholeBody/done``, and with
  ///   ``WholeBody/identity``: the adapter sends the body between head and end, and ``byteCountOut``
  ///   doesn't count it. With ``WholeBody/stream`` the adapter ends the response.
  /// - Throws: As ``finish()``.
  package mutating func finish(
    keeping body: Span<UInt8>, trailers: HTTPFields?, coding byteCount: Int
  ) throws(ResponseError) -> WholeBody {
    var whole = WholeBody.coding
    if wholeCoding == nil {
      look()
      try examined.requireFinalStatus()
      adoptTrailers(trailers)
      if let expectedByteCount, allowsContent, body.count != expectedByteCount {
        throw .length(of: body.count, expected: expectedByteCount)
      }
      whole = try beginWhole(
        body.count, padding: settings.policy.paddingByteCount(for: body))
    }
    if case .coding = whole { whole = codeWhole(body, coding: byteCount) }
    switch whole {
    case .coding, .stream: return whole
    case .done where isHeadAll: discard(body)
    case .done, .identity: byteCountIn = body.count
    }
    try finish()
    return whole
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
