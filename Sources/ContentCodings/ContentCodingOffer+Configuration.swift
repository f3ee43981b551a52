#if Configuration
  public import Configuration

  extension ContentCodingOffer {
    /// Those codings of ``defaults``, each as a configuration says.
    ///
    /// - Parameter configuration: A reader, scoped to where the keys are; a key that is missing leaves its
    ///   default.
    /// - Returns: The codings that the traits have built, in their good order.
    /// - Throws: The first value that can't be used.
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
