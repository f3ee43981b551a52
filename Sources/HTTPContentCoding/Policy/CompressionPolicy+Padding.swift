extension CompressionPolicy {
  /// The maximum number of bytes of padding, whatever the policy says: each padded response takes
  /// that much memory.
  package static let largestPaddingByteCount = 64 * 1024

  /// A key for this process; under another key the same content gets other padding.
  private static let key = (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max))

  /// Returns the number of bytes of padding for coded content.
  ///
  /// Swift's `Hasher` is SipHash-1-3 with a key for each process. That key is constant if
  /// `SWIFT_DETERMINISTIC_HASHING` is set, so the hash also covers a key of our own.
  ///
  /// - Parameter content: The content before coding, or as much of it as is known.
  /// - Returns: A number from 0 to ``maximumPaddingByteCount``, and at most
  ///   ``largestPaddingByteCount``; nil if the policy doesn't pad.
  package func paddingByteCount(for content: Span<UInt8>) -> Int? {
    guard maximumPaddingByteCount > 0 else { return nil }
    var hasher = Hasher()
    hasher.combine(Self.key.0)
    hasher.combine(Self.key.1)
    unsafe content.withUnsafeBytes { bytes in unsafe hasher.combine(bytes: bytes) }
    let hash = UInt64(bitPattern: Int64(hasher.finalize()))
    let limit = min(maximumPaddingByteCount, Self.largestPaddingByteCount)
    // The high half of the product is as uniform as the hash and needs no division.
    return Int(hash.multipliedFullWidth(by: UInt64(limit) + 1).high)
  }
}
