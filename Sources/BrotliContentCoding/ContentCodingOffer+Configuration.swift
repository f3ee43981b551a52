#if Brotli && Configuration
  public import Configuration
  public import HTTPContentCoding

  extension ContentCodingOffer {
    /// Offers brotli with values from a configuration: `br.quality`, 0 to 11, and
    /// `br.idleEncoderLimit`.
    ///
    /// - Parameter configuration: A reader, scoped to the keys; a missing key keeps its default.
    /// - Returns: An offer that uses the shared pool for these values.
    /// - Throws: An error for the first invalid value.
    public static func brotli(
      configuration: ConfigReader
    ) throws(InvalidConfiguration) -> ContentCodingOffer {
      let values = ConfiguredValues(configuration)
      return .brotli(
        quality: try values.level(["br", "quality"]) ?? 4,
        idleEncoderLimit: try values.idleEncoderLimit(["br", "idleEncoderLimit"]))
    }
  }
#endif
