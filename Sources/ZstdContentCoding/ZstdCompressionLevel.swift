#if Zstd
  public import HTTPContentCoding

  /// How much time zstd may spend to reduce the output, −7 to 19.
  ///
  /// A number outside the range counts as the nearest level. zstd's levels above 19 need windows
  /// that a client may refuse (RFC 9659), so they aren't available.
  public struct ZstdCompressionLevel: ContentEncoderLevel {
    /// zstd's numbers; 0 is its alias for its default, 3.
    public static let range = -7...19

    /// zstd's number for the level, −7 to 19; never 0.
    public let rawValue: Int

    /// Creates the level nearest to a number.
    ///
    /// - Parameter level: zstd's number. Below −7 counts as −7, above 19 as 19; 0 is zstd's alias
    ///   for its default, 3.
    public init(clamping level: Int) {
      rawValue = level == 0 ? 3 : Self.nearest(to: level)
    }

    /// Creates the level nearest to a number, as ``init(clamping:)`` does.
    public init(integerLiteral level: Int) { self.init(clamping: level) }
  }

  extension ZstdCompressionLevel {
    /// Level 1, faster than the default but slower than the negative levels.
    public static let fast = ZstdCompressionLevel(clamping: 1)

    /// Level 3, zstd's default compromise.
    public static let balanced = ZstdCompressionLevel(clamping: 3)

    /// Level 19, the smallest output: for content that is coded once and stored.
    public static let smallest = ZstdCompressionLevel(clamping: 19)
  }
#endif
