import HTTPContentCoding

extension ResponseMachine {
  /// Begins to code a whole body.
  ///
  /// - Returns: Whether coding has begun. If not, the body is sent unchanged, with the reason in
  ///   `decision`.
  mutating func beginCodingWhole(
    _ coding: ContentCoding, _ byteCount: Int, _ padding: Int?,
    _ decision: inout ContentCodingDecision
  ) -> Bool {
    guard let offer = settings.offer(of: coding) else {
      fallBack(.notOffered, &decision)
      return false
    }
    let mustCode = !decision.isIdentityAcceptable || effectiveMode == .force
    do {
      let lease = try offer.lease(
        forWhole: BodyDescription(
          byteCount: byteCount, contentType: facts.contentType, paddingByteCount: padding))
      isCodingLowered = lease.isLowered
      let coding = WholeCoding(
        decision: decision, encoder: lease, byteCount: byteCount, mustSave: !mustCode)
      // Most pages shrink to a third; growing the storage step by step would copy them. An encoder
      // that takes the body in one call reserves storage itself.
      if !coding.isOneCall { output.body.reserveCapacity(byteCount / 3) }
      wholeCoding = consume coding
      wholePosition = 0
      return true
    } catch {
      fallBack(.encoderFailed, &decision)
      return false
    }
  }

  /// Continues to code a whole body, and commits the head when the coding is complete.
  ///
  /// - Parameters:
  ///   - body: The complete body, the same in each call.
  ///   - byteCount: The number of bytes to code in this call, at least one; ignored if the encoder
  ///     takes the body in one call.
  /// - Returns: How the body is sent.
  mutating func codeWhole(_ body: Span<UInt8>, coding byteCount: Int) -> WholeBody {
    guard var coding = wholeCoding.take() else { return .done }
    var decision = coding.decision
    let slice = body.extracting(coding.position..<coding.sliceEnd(coding: byteCount))
    wholePosition += slice.count
    switch coding.encode(slice, into: &output.body) {
    case .unfinished:
      wholeCoding = consume coding
      return .coding
    case .coded:
      commit(decision, contentLength: output.body.count, plain: coding.byteCount)
      if isHeadAll { output.body.removeAll(keepingCapacity: true) }
      return .done
    case .identity(let reason):
      output.body.removeAll(keepingCapacity: true)
      fallBack(reason, &decision)
      commit(decision, contentLength: coding.byteCount)
      return isHeadAll ? .done : .identity
    }
  }

  /// Takes an encoder for a stream and codes the collected bytes; if that fails, the body is sent
  /// unchanged, with the reason in `decision`.
  mutating func leaseEncoder(
    for coding: ContentCoding, padding: Int?, decision: inout ContentCodingDecision
  ) {
    do {
      guard let offer = settings.offer(of: coding) else {
        fallBack(.notOffered, &decision)
        return
      }
      if settings.policy.maximumPaddingByteCount > 0, padding == nil {
        fallBack(.unpaddable, &decision)
        return
      }
      let byteCount = facts.declaredByteCount ?? expectedByteCount
      var lease = try offer.lease(
        for: BodyDescription(
          byteCount: byteCount, contentType: facts.contentType, paddingByteCount: padding))
      isCodingLowered = lease.isLowered
      let content = collected
      try lease.encode(content.span, flush: .none, into: &output.body)
      encoder = consume lease
    } catch {
      // An encoder that throws has appended nothing.
      fallBack(.encoderFailed, &decision)
    }
  }

  /// Returns the number of bytes of padding for a body that begins with this content; nil if the
  /// policy doesn't pad, or if no content is known.
  ///
  /// Padding derives from the content: without any it would be the same for all streams, and hide
  /// nothing.
  func padding(for content: Span<UInt8>) -> Int? {
    content.isEmpty ? nil : settings.policy.paddingByteCount(for: content)
  }

  private func fallBack(
    _ reason: ContentCodingDecision.Reason, _ decision: inout ContentCodingDecision
  ) {
    decision = decision.fallingBackToIdentity(because: reason)
  }
}
