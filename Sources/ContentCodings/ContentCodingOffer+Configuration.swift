#if Configuration
  public import Configuration

  extension ContentCodingOffer {
    /// The codings in ``defaults``, each with values from a configuration.
    ///
    /// - Parameter configuration: A reader, scoped to the keys; a missing key keeps its default.
    /// - Returns: The codings that the enabled traits provide, in order of preference.
    /// - Throws: An error for the first invalid value.
    public static func defaults(
      configuration: ConfigReader
    ) throws(InvalidConfiguration) -> [ContentCodingOffer] {
      var offers: [ContentCodingOffer] = []
      #if Zstd
        offers.append(try .zstd(configuration: configuration))
      #endif
      #if Brotli
        offers.append(try .brotli(configuration: configuration))
      #endif
      offers.append(try .gzip(configuration: configuration))
      return offers
    }
  }
#endif
