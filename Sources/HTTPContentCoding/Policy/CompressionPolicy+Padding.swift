extension CompressionPolicy {
  /// The key of this process: another one pads the same content by other lengths.
  private static let key = (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max))

  /// How much longer content is to become when it is coded, in bytes.
  ///
  /// Swift's `Hasher` is SipHash-1-3, keyed for each process; that key is a constant where
  /// `SWIFT_DETERMINISTIC_HASHING` is set, so the hash begins with one of our own.
  ///
  /// - Parameter content: The content before coding, or as much as is known of it.
  /// - Returns: From 0 to ``maximumPaddingByteCount``; nil where the policy doesn't pad.
  package func paddingByteCount(for content: Span<UInt8>) -> Int? {
    guard maximumPaddingByteCount > 0 else { return nil }
    var hasher = Hasher()
    hasher.combine(Self.key.0)
    hasher.combine(Self.key.1)
    unsafe content.withUnsafeBytes { bytes in unsafe hasher.combine(bytes: bytes) }
    let hash = UInt64(bitPattern: Int64(hasher.finalize()))
    // The high half of the product: as even as the hash is, without a division.
    return Int(hash.multipliedFullWidth(by: UInt64(maximumPaddingByteCount) + 1).high)
  }
}
