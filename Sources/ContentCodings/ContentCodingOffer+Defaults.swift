extension ContentCodingOffer {
  /// The codings that the traits have built, in a good order and at good levels for pages that are coded as
  /// they are made: zstd 3, brotli 4, gzip 6.
  ///
  /// With neither trait it is gzip alone. A client takes the first that it accepts, unless it prefers another
  /// by weight. zstd comes first because it takes a third of gzip's time for nearly its size; brotli second,
  /// because a client that has no zstd gets the smallest pages from it, for about gzip's time.
  public static var defaults: [ContentCodingOffer] {
    var offers: [ContentCodingOffer] = []
    #if Zstd
      offers.append(.zstd(level: 3))
    #endif
    #if Brotli
      offers.append(.brotli(quality: 4))
    #endif
    offers.append(.gzip(level: 6))
    return offers
  }
}
