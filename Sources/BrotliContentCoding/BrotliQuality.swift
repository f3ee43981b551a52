#if Brotli
  /// How much time brotli may spend to reduce the output, 0 to 11.
  ///
  /// A quality is a preference: the output is valid at any quality. A number outside the range is
  /// therefore not an error but counts as the nearest quality, so one read from a configuration
  /// can't stop a server. Use ``init(exactly:)`` to detect such a number.
  public struct BrotliQuality: Hashable, Sendable {
    /// Brotli's number for the quality, 0 to 11.
    public let rawValue: Int

    /// Creates the quality nearest to a number.
    ///
    /// - Parameter quality: Brotli's number. Below 0 counts as 0, above 11 as 11.
    public init(clamping quality: Int) {
      rawValue = min(max(quality, 0), 11)
    }

    /// Creates a quality from brotli's number for it.
    ///
    /// - Parameter quality: Brotli's number. The initializer fails if it is not one of 0 to 11.
    public init?(exactly quality: Int) {
      guard (0...11).contains(quality) else { return nil }
      rawValue = quality
    }
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

  extension BrotliQuality: ExpressibleByIntegerLiteral {
    /// Creates the quality nearest to a number.
    ///
    /// - Parameter quality: Brotli's number. Below 0 counts as 0, above 11 as 11.
    public init(integerLiteral quality: Int) {
      self.init(clamping: quality)
    }
  }

  extension BrotliQuality: CustomStringConvertible {
    /// Brotli's number for the quality.
    public var description: String { String(rawValue) }
  }
#endif
