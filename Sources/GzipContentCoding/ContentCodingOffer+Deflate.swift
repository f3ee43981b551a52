public import HTTPContentCoding

extension ContentCodingOffer {
  /// Offers gzip, the coding that every client knows (RFC 9110 §8.4.1.3).
  ///
  /// Offers of the same level, engine and limit share their pools in the process, however often this is called:
  /// also for each connection. `ContentEncoderPool.gzip(level:engine:idleEncoderLimit:)` makes one to keep
  /// apart.
  ///
  /// - Parameters:
  ///   - level: How much time to spend; 6 is zlib's own default.
  ///   - engine: The library that compresses; nil for the cheapest one at the level's size, by the kind of body.
  ///   - idleEncoderLimit: The most idle encoders to keep, each of which holds about 260 KiB; where whole bodies
  ///     have another engine than streams, the most of each.
  /// - Returns: An offer whose pools are those of all such offers.
  public static func gzip(
    level: CompressionLevel = 6,
    engine: DeflateEngine? = nil,
    idleEncoderLimit: Int = defaultIdleEncoderLimit
  ) -> ContentCodingOffer {
    offer(.gzip, level, engine, idleEncoderLimit)
  }

  /// Offers deflate, which is the zlib format (RFC 9110 §8.4.1.2, RFC 1950).
  ///
  /// Some clients once took the name for raw DEFLATE data, so offer it after gzip if at all: there
  /// is no client that knows this one only.
  ///
  /// Offers of the same level, engine and limit share their pools in the process, however often this is called:
  /// also for each connection. `ContentEncoderPool.deflate(level:engine:idleEncoderLimit:)` makes one to keep
  /// apart.
  ///
  /// - Parameters:
  ///   - level: How much time to spend; 6 is zlib's own default.
  ///   - engine: The library that compresses; nil for the cheapest one at the level's size, by the kind of body.
  ///   - idleEncoderLimit: The most idle encoders to keep, each of which holds about 260 KiB; where whole bodies
  ///     have another engine than streams, the most of each.
  /// - Returns: An offer whose pools are those of all such offers.
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
