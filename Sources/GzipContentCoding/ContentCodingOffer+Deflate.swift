public import HTTPContentCoding

extension ContentCodingOffer {
  /// Offers gzip, the coding that every client supports (RFC 9110 §8.4.1.3).
  ///
  /// Offers with the same level, engine and limit share their pools in the process, even if each
  /// connection creates its own offer. `ContentEncoderPool.gzip(level:engine:idleEncoderLimit:)`
  /// makes a separate pool.
  ///
  /// - Parameters:
  ///   - level: How much time to spend; 6 is zlib's default.
  ///   - engine: The library that compresses; nil for the cheapest one at the level's size,
  ///     depending on the kind of body.
  ///   - idleEncoderLimit: The maximum number of idle encoders, each of which holds about 260 KiB
  ///     with zlib; see ``DeflateEngine`` for the others. If whole bodies use another engine than
  ///     streams, the limit applies to each.
  /// - Returns: An offer that uses the shared pools.
  public static func gzip(
    level: CompressionLevel = 6,
    engine: DeflateEngine? = nil,
    idleEncoderLimit: Int = defaultIdleEncoderLimit
  ) -> ContentCodingOffer {
    offer(.gzip, level, engine, idleEncoderLimit)
  }

  /// Offers deflate, which is the zlib format (RFC 9110 §8.4.1.2, RFC 1950).
  ///
  /// Some old clients expect raw DEFLATE data under this name, so offer it after gzip, if at all:
  /// no client supports only deflate.
  ///
  /// Offers with the same level, engine and limit share their pools in the process, even if each
  /// connection creates its own offer. `ContentEncoderPool.deflate(level:engine:idleEncoderLimit:)`
  /// makes a separate pool.
  ///
  /// - Parameters:
  ///   - level: How much time to spend; 6 is zlib's default.
  ///   - engine: The library that compresses; nil for the cheapest one at the level's size,
  ///     depending on the kind of body.
  ///   - idleEncoderLimit: The maximum number of idle encoders, each of which holds about 260 KiB
  ///     with zlib; see ``DeflateEngine`` for the others. If whole bodies use another engine than
  ///     streams, the limit applies to each.
  /// - Returns: An offer that uses the shared pools.
  public static func deflate(
    level: CompressionLevel = 6,
    engine: DeflateEngine? = nil,
    idleEncoderLimit: Int = defaultIdleEncoderLimit
  ) -> ContentCodingOffer {
    offer(.zlib, level, engine, idleEncoderLimit)
  }

  private static func offer(
    _ format: DeflateFormat,
    _ level: CompressionLevel,
    _ engine: DeflateEngine?,
    _ idleEncoderLimit: Int
  ) -> ContentCodingOffer {
    let pools = [DeflateEngineLevel.stream(level, engine), .whole(level, engine)].map { own in
      let configuration = DeflateConfiguration(
        format: format, level: level, engineLevel: own, idleEncoderLimit: max(0, idleEncoderLimit))
      return ContentEncoderPool.shared(for: configuration) {
        ContentEncoderPool(format, level, own, idleEncoderLimit)
      }
    }
    return ContentCodingOffer(coding: format.coding, pool: pools[0], wholePool: pools[1])
  }
}
