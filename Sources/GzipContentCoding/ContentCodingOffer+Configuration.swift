#if Configuration
  public import Configuration
  public import HTTPContentCoding

  extension ContentCodingOffer {
    /// Offers gzip as a configuration says: `gzip.level`, 0 to 9, `gzip.engine` and `gzip.idleEncoderLimit`.
    ///
    /// - Parameter configuration: A reader, scoped to where the keys are; a key that is missing leaves its
    ///   default.
    /// - Returns: An offer whose pools are those of all offers with these values.
    /// - Throws: The first value that can't be used.
    public static func gzip(
      configuration: ConfigReader
    ) throws(InvalidConfiguration) -> ContentCodingOffer {
      let (level, engine, limit) = try configured("gzip", by: configuration)
      return .gzip(level: level, engine: engine, idleEncoderLimit: limit)
    }

    /// Offers deflate as a configuration says: `deflate.level`, 0 to 9, `deflate.engine` and
    /// `deflate.idleEncoderLimit`.
    ///
    /// - Parameter configuration: A reader, scoped to where the keys are; a key that is missing leaves its
    ///   default.
    /// - Returns: An offer whose pools are those of all offers with these values.
    /// - Throws: The first value that can't be used.
    public static func deflate(
      configuration: ConfigReader
    ) throws(InvalidConfiguration) -> ContentCodingOffer {
      let (level, engine, limit) = try configured("deflate", by: configuration)
      return .deflate(level: level, engine: engine, idleEncoderLimit: limit)
    }

    private static func configured(
      _ name: String, by configuration: ConfigReader
    ) throws(InvalidConfiguration) -> (CompressionLevel, DeflateEngine?, idleEncoderLimit: Int) {
      let values = ConfiguredValues(configuration)
      let level = try values.integer([name, "level"], in: 0...9)
      let engines = DeflateEngine.available.map(\.description).joined(separator: " or ")
      let engine = try values.value([name, "engine"], of: engines) { DeflateEngine($0) }
      let limit = try values.integer([name, "idleEncoderLimit"], in: 0 ... .max)
      return (CompressionLevel(clamping: level ?? 6), engine, limit ?? defaultIdleEncoderLimit)
    }
  }
#endif
