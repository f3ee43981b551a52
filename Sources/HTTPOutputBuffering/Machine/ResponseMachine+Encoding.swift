import HTTPContentCoding

extension ResponseMachine {
  /// Begins to code a whole body.
  ///
  /// - Returns: Whether that is done; where it isn't identity goes out, with the reason in `decision`.
  mutating func beginCodingWhole(
    _ coding: ContentCoding, _ decision: inout ContentCodingDecision
  ) -> Bool {
    guard let pool = pool(for: coding) else {
      fallBack(.notOffered, &decision)
      return false
    }
    do {
      wholeCoding = WholeCoding(decision: decision, encoder: try pool.lease())
      return true
    } catch {
      fallBack(.encoderFailed, &decision)
      return false
    }
  }

  /// Goes on coding a whole body.
  ///
  /// - Parameter byteCount: How much of it is coded now.
  /// - Returns: What goes out; nil where some of the body is left.
  mutating func codeWhole(
    _ byteCount: Int
  ) -> (ContentCodingDecision, coded: ContiguousArray<UInt8>?)? {
    guard var coding = wholeCoding.take() else { return nil }
    let mode = compressionMode ?? settings.compression.mode
    let mustCode = !coding.decision.isIdentityAcceptable || mode == .force
    switch coding.encode(collected.span, byteCount, mustSave: !mustCode) {
    case .unfinished:
      wholeCoding = consume coding
      return nil
    case .coded(let coded): return (coding.decision, coded)
    case .identity(let reason): return (coding.decision.fallingBackToIdentity(because: reason), nil)
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
