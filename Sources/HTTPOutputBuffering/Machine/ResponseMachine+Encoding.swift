import HTTPContentCoding

extension ResponseMachine {
  /// Begins to code a whole body.
  ///
  /// - Returns: Whether that is done; where it isn't identity goes out, with the reason in `decision`.
  mutating func beginCodingWhole(
    _ coding: ContentCoding, _ byteCount: Int, _ padding: Int?,
    _ decision: inout ContentCodingDecision
  ) -> Bool {
    guard let offer = offer(of: coding) else {
      fallBack(.notOffered, &decision)
      return false
    }
    let mustCode = !decision.isIdentityAcceptable || effectiveMode == .force
    do {
      let lease = try offer.lease(
        forWhole: byteCount, facts.contentKind, padding: padding)
      isCodingLowered = lease.isLowered
      let coding = WholeCoding(
        decision: decision, encoder: lease, byteCount: byteCount, mustSave: !mustCode)
      // Most pages become a third; growing there step by step would copy them. One call knows better.
      if !coding.isOneCall { output.body.reserveCapacity(byteCount / 3) }
      wholeCoding = consume coding
      wholePosition = 0
      return true
    } catch {
      fallBack(.encoderFailed, &decision)
      return false
    }
  }

  /// Goes on coding a whole body, and commits the head when that is done: see ``beginWhole(_:)``.
  ///
  /// - Parameters:
  ///   - body: All of the body, the same at each call.
  ///   - byteCount: How much of it is coded now, in bytes, at least one; all of it where the encoder wants it
  ///     in one call.
  /// - Returns: What becomes of the body; ``WholeBody/coded`` as long as some of it is left. When the head is
  ///   committed and the message has content, that is in the output (``WholeBody/none``), or follows as it is
  ///   (``WholeBody/identity``).
  mutating func codeWhole(_ body: Span<UInt8>, coding byteCount: Int) -> WholeBody {
    guard var coding = wholeCoding.take() else { return .none }
    var decision = coding.decision
    let slice = body.extracting(coding.position..<coding.sliceEnd(coding: byteCount))
    wholePosition += slice.count
    switch coding.encode(slice, into: &output.body) {
    case .unfinished:
      wholeCoding = consume coding
      return .coded
    case .coded:
      commit(decision, contentLength: output.body.count, plain: coding.byteCount)
      if isHeadAll { output.body.removeAll(keepingCapacity: true) }
      return .none
    case .identity(let reason):
      output.body.removeAll(keepingCapacity: true)
      fallBack(reason, &decision)
      commit(decision, contentLength: coding.byteCount)
      return isHeadAll ? .none : .identity
    }
  }

  /// Takes an encoder for a stream and codes what has been collected of it; where that fails identity
  /// goes out, with the reason in `decision`.
  mutating func leaseEncoder(for coding: ContentCoding, decision: inout ContentCodingDecision) {
    do {
      guard let offer = offer(of: coding) else {
        fallBack(.notOffered, &decision)
        return
      }
      let padding = settings.policy.paddingByteCount(for: collected.span)
      if padding != nil, collected.isEmpty {
        // Of all such streams the hash would be the same, and the padding would hide nothing.
        fallBack(.unpaddable, &decision)
        return
      }
      let byteCount = facts.declaredByteCount ?? expectedByteCount
      var lease = try offer.lease(
        for: BodyDescription(
          byteCount: byteCount, kind: facts.contentKind, paddingByteCount: padding))
      isCodingLowered = lease.isLowered
      let content = collected
      try lease.encode(content.span, flush: .none, into: &output.body)
      encoder = consume lease
    } catch {
      // An encoder that throws has appended nothing.
      fallBack(.encoderFailed, &decision)
    }
  }

  private func offer(of coding: ContentCoding) -> ContentCodingOffer? {
    settings.codings.first { $0.coding == coding }
  }

  private func fallBack(
    _ reason: ContentCodingDecision.Reason, _ decision: inout ContentCodingDecision
  ) {
    decision = decision.fallingBackToIdentity(because: reason)
  }
}
