/// The implementation between the handler and the wire.
enum ServerKind: String, CaseIterable {
  enum Framework {
    case nio
    case hummingbird
  }

  /// NIO's HTTP/1 pipeline alone.
  case nioBare = "nio-bare"
  /// With `HTTPResponseCodingHandler`, using zlib like the others.
  case nioOurs = "nio-ours"
  /// The same, using the cheapest engine at the level's size.
  case nioEngines = "nio-engines"
  /// The same, at level 1 under load.
  case nioLowered = "nio-lowered"
  /// With `HTTPResponseCodingHandler` and zstd.
  case nioZstd = "nio-zstd"
  /// With `HTTPResponseCodingHandler` and brotli.
  case nioBrotli = "nio-brotli"
  /// With `HTTPResponseCompressor` of swift-nio-extras, whose level is always 6.
  case nioPeer = "nio-peer"
  /// With the minimal handler that can code.
  case nioFloor = "nio-floor"
  /// Hummingbird's router alone.
  case hummingbirdBare = "hummingbird-bare"
  /// With `ContentCodingMiddleware`, on the buffered server.
  case hummingbirdMiddleware = "hummingbird-middleware"
  /// Handlers with a `BufferedResponse`, on the buffered server.
  case hummingbirdHandler = "hummingbird-handler"
  /// With the minimal middleware that can code.
  case hummingbirdFloor = "hummingbird-floor"

  var framework: Framework {
    switch self {
    case .nioBare, .nioOurs, .nioEngines, .nioLowered, .nioZstd, .nioBrotli, .nioPeer, .nioFloor:
      .nio
    case .hummingbirdBare, .hummingbirdMiddleware, .hummingbirdHandler, .hummingbirdFloor:
      .hummingbird
    }
  }
}
