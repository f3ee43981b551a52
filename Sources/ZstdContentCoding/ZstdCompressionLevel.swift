#if Zstd
  /// How much time zstd may spend to reduce the output, −7 to 19.
  ///
  /// A level is a preference: the output is valid at any level. A number outside the range is
  /// therefore not an error but counts as the nearest level, so one read from a configuration can't
  /// stop a server. Use ``init(exactly:)`` to detect such a number. zstd's levels above 19 need
  /// windows that a client may refuse (RFC 9659), so they aren't available.
  public struct ZstdCompressionLevel: Hashable, Sendable {
    /// zstd's number for the level, −7 to 19; never 0.
    public let rawValue: Int

    /// Creates the level nearest to a number.
    ///
    /// - Parameter level: zstd's number. Below −7 counts as −7, above 19 as 19; 0 is zstd's alias
    ///   for its default, 3.
    public init(clamping level: Int) {
      rawValue = level == 0 ? 3 : min(max(level, -7), 19)
    }

    /// Creates a level from zstd's number for it.
    ///
    /// - Parameter level: zstd's number. The initializer fails if it is not one of −7 to 19; 0 is
    ///   zstd's alias for its default, 3.
    public init?(exactly level: Int) {
      guard (-7...19).contains(level) else { return nil }
      self.init(clamping: level)
    }
  }

  extension ZstdCompressionLevel {
    /// Level 1, faster than the default but slower than the negative levels.
    public static let fast = ZstdCompressionLevel(clamping: 1)

    /// Level 3, zstd's default compromise.
    public static let balanced = ZstdCompressionLevel(clamping: 3)

    /// Level 19, the smallest output: for content that is coded once and stored.
    public static let smallest = ZstdCompressionLevel(clamping: 19)
  }

  extension ZstdCompressionLevel: ExpressibleByIntegerLiteral {
    /// Creates the level nearest to a number.
    ///
    /// - Parameter level: zstd's number, as for ``init(clamping:)``.
    public init(integerLiteral level: Int) {
      self.init(clamping: level)
    }
  }

  extension ZstdCompressionLevel: CustomStringConvertible {
    /// zstd's number for the level.
    public var description: String { String(rawValue) }
  }
#endif
