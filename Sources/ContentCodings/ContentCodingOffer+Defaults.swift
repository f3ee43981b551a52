extension ContentCodingOffer {
  /// The codings that the enabled traits provide, in order of preference: zstd 3, brotli 4, gzip 6.
  ///
  /// The levels suit pages that are coded on the fly. With neither trait this is gzip alone. A
  /// response uses the first coding that the client accepts, unless the client's weights prefer
  /// another. zstd comes first because it takes a third of gzip's time for nearly the same size.
  /// brotli comes second because it gives the smallest pages to clients without zstd, in about
  /// gzip's time.
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
