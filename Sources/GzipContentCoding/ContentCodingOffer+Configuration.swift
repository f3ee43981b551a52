#if Configuration
  public import Configuration
  public import HTTPContentCoding

  extension ContentCodingOffer {
    /// Offers gzip with values from a configuration.
    ///
    /// The keys are `gzip.level`, 0 to 9, `gzip.engine` and `gzip.idleEncoderLimit`.
    ///
    /// - Parameter configuration: A reader, scoped to the keys; a missing key keeps its default.
    /// - Returns: An offer that uses the shared pools for these values.
    /// - Throws: An error for the first invalid value.
    public static func gzip(
      configuration: ConfigReader
    ) throws(InvalidConfiguration) -> ContentCodingOffer {
      let (level, engine, limit) = try configured("gzip", by: configuration)
      return .gzip(level: level, engine: engine, idleEncoderLimit: limit)
    }

    /// Offers deflate with values from a configuration.
    ///
    /// The keys are `deflate.level`, 0 to 9, `deflate.engine` and `deflate.idleEncoderLimit`.
    ///
    /// - Parameter configuration: A reader, scoped to the keys; a missing key keeps its default.
    /// - Returns: An offer that uses the shared pools for these values.
    /// - Throws: An error for the first invalid value.
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
      let level: CompressionLevel = try values.level([name, "level"]) ?? 6
      let engines = DeflateEngine.available.map(\.description).joined(separator: " or ")
      let engine = try values.value([name, "engine"], of: engines) { DeflateEngine($0) }
      return (level, engine, try values.idleEncoderLimit([name, "idleEncoderLimit"]))
    }
  }
#endif
