#if Zstd && Configuration
  public import Configuration
  public import HTTPContentCoding

  extension ContentCodingOffer {
    /// Offers zstd with values from a configuration: `zstd.level`, −7 to 19, and
    /// `zstd.idleEncoderLimit`.
    ///
    /// - Parameter configuration: A reader, scoped to the keys; a missing key keeps its default.
    /// - Returns: An offer that uses the shared pool for these values.
    /// - Throws: An error for the first invalid value.
    public static func zstd(
      configuration: ConfigReader
    ) throws(InvalidConfiguration) -> ContentCodingOffer {
      let values = ConfiguredValues(configuration)
      return .zstd(
        level: try values.level(["zstd", "level"]) ?? 3,
        idleEncoderLimit: try values.idleEncoderLimit(["zstd", "idleEncoderLimit"]))
    }
  }
#endif
