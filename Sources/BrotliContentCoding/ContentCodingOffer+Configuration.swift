#if Brotli && Configuration
  public import Configuration
  public import HTTPContentCoding

  extension ContentCodingOffer {
    /// Offers brotli as a configuration says: `br.quality`, 0 to 11, and `br.idleEncoderLimit`.
    ///
    /// - Parameter configuration: A reader, scoped to where the keys are; a key that is missing leaves its
    ///   default.
    /// - Returns: An offer whose pool is that of all offers with these values.
    /// - Throws: The first value that can't be used.
    public static func brotli(
      configuration: ConfigReader
    ) throws(InvalidConfiguration) -> ContentCodingOffer {
      let values = ConfiguredValues(configuration)
      let quality = try values.integer(["br", "quality"], in: 0...11)
      let limit = try values.integer(["br", "idleEncoderLimit"], in: 0 ... .max)
      return .brotli(
        quality: BrotliQuality(clamping: quality ?? 4),
        idleEncoderLimit: limit ?? defaultIdleEncoderLimit)
    }
  }
#endif
