#if Zstd && Configuration
  public import Configuration
  public import HTTPContentCoding

  extension ContentCodingOffer {
    /// Offers zstd as a configuration says: `zstd.level`, −7 to 19, and `zstd.idleEncoderLimit`.
    ///
    /// - Parameter configuration: A reader, scoped to where the keys are; a key that is missing leaves its
    ///   default.
    /// - Returns: An offer whose pool is that of all offers with these values.
    /// - Throws: The first value that can't be used.
    public static func zstd(
      configuration: ConfigReader
    ) throws(InvalidConfiguration) -> ContentCodingOffer {
      let values = ConfiguredValues(configuration)
      let level = try values.integer(["zstd", "level"], in: -7...19)
      let limit = try values.integer(["zstd", "idleEncoderLimit"], in: 0 ... .max)
      return .zstd(
        level: ZstdCompressionLevel(clamping: level ?? 3),
        idleEncoderLimit: limit ?? defaultIdleEncoderLimit)
    }
  }
#endif
