public import HTTPContentCoding

extension ContentEncoderPool {
  /// Makes a separate pool of gzip encoders (RFC 9110 §8.4.1.3).
  ///
  /// ```swift
  /// let offer = ContentCodingOffer(coding: .gzip, pool: .gzip(level: 9, idleEncoderLimit: 2))
  /// ```
  ///
  /// - Parameters:
  ///   - level: How much time to spend; 6 is zlib's default.
  ///   - engine: The library that compresses; nil for the cheapest one for streams at the level's
  ///     size. With `libdeflate` a stream costs each encoder another 260 KiB.
  ///   - idleEncoderLimit: The maximum number of idle encoders, each of which holds about 260 KiB.
  /// - Returns: A new pool.
  public static func gzip(
    level: CompressionLevel = 6,
    engine: DeflateEngine? = nil,
    idleEncoderLimit: Int = ContentCodingOffer.defaultIdleEncoderLimit
  ) -> ContentEncoderPool {
    ContentEncoderPool(.gzip, level, .either(level, engine), idleEncoderLimit)
  }

  /// Makes a separate pool of deflate encoders (RFC 9110 §8.4.1.2).
  ///
  /// - Parameters:
  ///   - level: How much time to spend; 6 is zlib's default.
  ///   - engine: The library that compresses; nil for the cheapest one for streams at the level's
  ///     size. With `libdeflate` a stream costs each encoder another 260 KiB.
  ///   - idleEncoderLimit: The maximum number of idle encoders, each of which holds about 260 KiB.
  /// - Returns: A new pool.
  public static func deflate(
    level: CompressionLevel = 6,
    engine: DeflateEngine? = nil,
    idleEncoderLimit: Int = ContentCodingOffer.defaultIdleEncoderLimit
  ) -> ContentEncoderPool {
    ContentEncoderPool(.zlib, level, .either(level, engine), idleEncoderLimit)
  }

  convenience init(
    _ format: DeflateFormat, _ level: CompressionLevel, _ engineLevel: DeflateEngineLevel,
    _ idleEncoderLimit: Int
  ) {
    self.init(capacity: idleEncoderLimit, canSuspend: true, canPad: format == .gzip) {
      () throws(ContentEncoderError) -> sending any ContentEncoder in
      try engineLevel.makeEncoder(format, level: level)
    }
  }
}
