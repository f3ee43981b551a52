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
      let quality = try values.integer(["br", "quality"], in: 0...11)
      let limit = try values.integer(["br", "idleEncoderLimit"], in: 0 ... .max)
      return .brotli(
        quality: BrotliQuality(clamping: quality ?? 4),
        idleEncoderLimit: limit ?? defaultIdleEncoderLimit)
    }
  }
#endif
