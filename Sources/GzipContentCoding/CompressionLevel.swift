/// How much time zlib may spend to reduce the output, 0 to 9.
///
/// A level is a preference: the output is valid at any level. A number outside the range is
/// therefore not an error but counts as the nearest level, so one read from a configuration can't
/// stop a server. Use ``init(exactly:)`` to detect such a number.
///
/// ```swift
/// let codings: [ContentCodingOffer] = [.gzip(level: 6), .deflate(level: .fastest)]
/// ```
public struct CompressionLevel: Hashable, Sendable {
  /// zlib's number for the level, 0 to 9.
  public let rawValue: Int

  /// Creates the level nearest to a number.
  ///
  /// - Parameter level: zlib's number. Below 0 counts as 0, above 9 as 9.
  public init(clamping level: Int) {
    rawValue = min(max(level, 0), 9)
  }

  /// Creates a level from zlib's number for it.
  ///
  /// - Parameter level: zlib's number. The initializer fails if it is not one of 0 to 9.
  public init?(exactly level: Int) {
    guard (0...9).contains(level) else { return nil }
    rawValue = level
  }
}

extension CompressionLevel {
  /// Level 0: the format without compression, which adds at most five bytes for every 64 KiB.
  public static let stored = CompressionLevel(clamping: 0)

  /// Level 1, the fastest.
  public static let fastest = CompressionLevel(clamping: 1)

  /// Level 6, zlib's default compromise.
  public static let balanced = CompressionLevel(clamping: 6)

  /// Level 9, the smallest output.
  public static let smallest = CompressionLevel(clamping: 9)
}

extension CompressionLevel: ExpressibleByIntegerLiteral {
  /// Creates the level nearest to a number.
  ///
  /// - Parameter level: zlib's number. Below 0 counts as 0, above 9 as 9.
  public init(integerLiteral level: Int) {
    self.init(clamping: level)
  }
}

extension CompressionLevel: CustomStringConvertible {
  /// zlib's number for the level.
  public var description: String { String(rawValue) }
}
