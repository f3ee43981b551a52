import HTTPContentCoding

extension ResponseMachine {
  /// Begins to code a whole body.
  ///
  /// - Returns: Whether that is done; where it isn't identity goes out, with the reason in `decision`.
  mutating func beginCodingWhole(
    _ coding: ContentCoding, _ byteCount: Int, _ decision: inout ContentCodingDecision
  ) -> Bool {
    guard let pool = pool(for: coding) else {
      fallBack(.notOffered, &decision)
      return false
    }
    let mustCode = !decision.isIdentityAcceptable || effectiveMode == .force
    do {
      wholeCoding = WholeCoding(
        decision: decision, encoder: try pool.lease(), byteCount: byteCount, mustSave: !mustCode)
      // Most pages become a third; growing there step by step would copy them.
      output.body.reserveCapacity(byteCount / 3)
      return true
    } catch {
      fallBack(.encoderFailed, &decision)
      return false
    }
  }

  /// Goes on coding a whole body, and commits the head when that is done: see ``beginWhole(_:)``.
  ///
  /// - Parameter slice: The next bytes of the body.
  /// - Returns: What becomes of the body; ``WholeBody/coded`` as long as some of it is left. When the head is
  ///   committed and the message has content, that is in the output (``WholeBody/none``), or follows as it is
  ///   (``WholeBody/identity``).
  package mutating func codeWhole(_ slice: Span<UInt8>) -> WholeBody {
    guard var coding = wholeCoding.take() else { return .none }
    var decision = coding.decision
    switch coding.encode(slice, into: &output.body) {
    case .unfinished:
      wholeCoding = consume coding
      return .coded
    case .coded:
      commit(decision, contentLength: output.body.count)
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
      guard let pool = pool(for: coding) else {
        fallBack(.notOffered, &decision)
        return
      }
      var lease = try pool.lease()
      let content = collected
      try lease.encode(content.span, flush: .none, into: &output.body)
      encoder = consume lease
    } catch {
      // An encoder that throws has appended nothing.
      fallBack(.encoderFailed, &decision)
    }
  }

  private func pool(for coding: ContentCoding) -> ContentEncoderPool? {
    settings.codings.first { $0.coding == coding }?.pool
  }

  private func fallBack(
    _ reason: ContentCodingDecision.Reason, _ decision: inout ContentCodingDecision
  ) {
    decision = decision.fallingBackToIdentity(because: reason)
  }
}
