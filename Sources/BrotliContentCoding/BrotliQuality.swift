#if Brotli
  public import HTTPContentCoding

  /// How much time brotli may spend to reduce the output, 0 to 11.
  ///
  /// A number outside the range counts as the nearest quality.
  public struct BrotliQuality: ContentEncoderLevel {
    /// Brotli's numbers.
    public static let range = 0...11

    /// Brotli's number for the quality, 0 to 11.
    public let rawValue: Int

    /// Creates the quality nearest to a number.
    ///
    /// - Parameter quality: Brotli's number. Below 0 counts as 0, above 11 as 11.
    public init(clamping quality: Int) {
      rawValue = Self.nearest(to: quality)
    }

    /// Creates the quality nearest to a number, as ``init(clamping:)`` does.
    public init(integerLiteral quality: Int) { self.init(clamping: quality) }
  }

  extension BrotliQuality {
    /// Quality 1, the fastest one that is still worth the coding.
    public static let fast = BrotliQuality(clamping: 1)

    /// Quality 4, for pages that are coded on the fly.
    public static let balanced = BrotliQuality(clamping: 4)

    /// Quality 11, brotli's default and the smallest output: for content that is coded once and
    /// stored.
    public static let smallest = BrotliQuality(clamping: 11)
  }
#endif
