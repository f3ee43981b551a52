public import HTTPContentCoding

/// How much time zlib may spend to reduce the output, 0 to 9.
///
/// A number outside the range counts as the nearest level.
///
/// ```swift
/// let codings: [ContentCodingOffer] = [.gzip(level: 6), .deflate(level: .fastest)]
/// ```
public struct CompressionLevel: ContentEncoderLevel {
  /// zlib's numbers.
  public static let range = 0...9

  /// zlib's number for the level, 0 to 9.
  public let rawValue: Int

  /// Creates the level nearest to a number.
  ///
  /// - Parameter level: zlib's number. Below 0 counts as 0, above 9 as 9.
  public init(clamping level: Int) {
    rawValue = Self.nearest(to: level)
  }

  /// Creates the level nearest to a number, as ``init(clamping:)`` does.
  public init(integerLiteral level: Int) { self.init(clamping: level) }
}

extension CompressionLevel {
  /// Level 0: the format without compression.
  ///
  /// It adds five bytes for every 64 KiB of a whole body of up to 4 MiB, and otherwise for every
  /// 32 KiB and every flush.
  public static let stored = CompressionLevel(clamping: 0)

  /// Level 1, the fastest.
  public static let fastest = CompressionLevel(clamping: 1)

  /// Level 6, zlib's default compromise.
  public static let balanced = CompressionLevel(clamping: 6)

  /// Level 9, the smallest output.
  public static let smallest = CompressionLevel(clamping: 9)
}
