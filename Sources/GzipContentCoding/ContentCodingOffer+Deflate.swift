public import HTTPContentCoding

extension ContentCodingOffer {
  /// How many idle encoders a pool keeps unless told otherwise.
  ///
  /// A whole body is encoded in one go, so there are rarely more of them at a time than threads,
  /// and an idle encoder holds about 260 KiB: this keeps about 4 MiB.
  public static var defaultIdleEncoderLimit: Int { 16 }

  /// Offers gzip, the coding that every client knows (RFC 9110 §8.4.1.3).
  ///
  /// Offers of the same level and limit share one pool in the process, however often this is called: also
  /// for each connection. `ContentEncoderPool.gzip(level:idleEncoderLimit:)` makes one to keep apart.
  ///
  /// - Parameters:
  ///   - level: How much time to spend; 6 is zlib's own default.
  ///   - idleEncoderLimit: The most idle encoders to keep, each of which holds about 260 KiB.
  /// - Returns: An offer whose pool is that of all such offers.
  public static func gzip(
    level: CompressionLevel = 6,
    idleEncoderLimit: Int = defaultIdleEncoderLimit
  ) -> ContentCodingOffer {
    offer(.gzip, level, idleEncoderLimit)
  }

  /// Offers deflate, which is the zlib format (RFC 9110 §8.4.1.2, RFC 1950).
  ///
  /// Some clients once took the name for raw DEFLATE data, so offer it after gzip if at all: there
  /// is no client that knows this one only.
  ///
  /// Offers of the same level and limit share one pool in the process, however often this is called: also
  /// for each connection. `ContentEncoderPool.deflate(level:idleEncoderLimit:)` makes one to keep apart.
  ///
  /// - Parameters:
  ///   - level: How much time to spend; 6 is zlib's own default.
  ///   - idleEncoderLimit: The most idle encoders to keep, each of which holds about 260 KiB.
  /// - Returns: An offer whose pool is that of all such offers.
  public static func deflate(
    level: CompressionLevel = 6,
    idleEncoderLimit: Int = defaultIdleEncoderLimit
  ) -> ContentCodingOffer {
    offer(.zlib, level, idleEncoderLimit)
  }

  private static func offer(
    _ format: DeflateFormat,
    _ level: CompressionLevel,
    _ idleEncoderLimit: Int
  ) -> ContentCodingOffer {
    let pool = SharedEncoderPools.shared.pool(
      of: format, level: level, idleEncoderLimit: idleEncoderLimit)
    return ContentCodingOffer(coding: format.coding, pool: pool)
  }
}
