import HTTPContentCoding

extension ResponseMachine {
  /// Codes a whole body; nil when identity is what goes out, with the reason in `decision`.
  func encodeWhole(
    _ content: Span<UInt8>, coding: ContentCoding, decision: inout ContentCodingDecision
  ) -> ContiguousArray<UInt8>? {
    var coded: ContiguousArray<UInt8> = []
    do {
      guard let pool = pool(for: coding) else { return fallBack(.notOffered, &decision) }
      var encoder = try pool.lease()
      try encoder.encode(content, flush: .finish, into: &coded)
    } catch {
      return fallBack(.encoderFailed, &decision)
    }
    let mustCode =
      !decision.isIdentityAcceptable || (compressionMode ?? settings.compression.mode) == .force
    if coded.count >= content.count && !mustCode {
      return fallBack(.noSavings, &decision)
    }
    return coded
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

  @discardableResult
  private func fallBack(
    _ reason: ContentCodingDecision.Reason, _ decision: inout ContentCodingDecision
  ) -> ContiguousArray<UInt8>? {
    decision = decision.fallingBackToIdentity(because: reason)
    return nil
  }
}
