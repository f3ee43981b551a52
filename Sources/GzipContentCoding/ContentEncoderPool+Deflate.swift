public import HTTPContentCoding

extension ContentEncoderPool {
  /// Makes a pool of gzip encoders that nothing else uses (RFC 9110 §8.4.1.3).
  ///
  /// ```swift
  /// let offer = ContentCodingOffer(coding: .gzip, pool: .gzip(level: 9, idleEncoderLimit: 2))
  /// ```
  ///
  /// - Parameters:
  ///   - level: How much time to spend; 6 is zlib's own default.
  ///   - idleEncoderLimit: The most idle encoders to keep, each of which holds about 260 KiB.
  /// - Returns: A new pool.
  public static func gzip(
    level: CompressionLevel = 6,
    idleEncoderLimit: Int = ContentCodingOffer.defaultIdleEncoderLimit
  ) -> ContentEncoderPool {
    ContentEncoderPool(.gzip, level, idleEncoderLimit)
  }

  /// Makes a pool of deflate encoders that nothing else uses (RFC 9110 §8.4.1.2).
  ///
  /// - Parameters:
  ///   - level: How much time to spend; 6 is zlib's own default.
  ///   - idleEncoderLimit: The most idle encoders to keep, each of which holds about 260 KiB.
  /// - Returns: A new pool.
  public static func deflate(
    level: CompressionLevel = 6,
    idleEncoderLimit: Int = ContentCodingOffer.defaultIdleEncoderLimit
  ) -> ContentEncoderPool {
    ContentEncoderPool(.zlib, level, idleEncoderLimit)
  }

  convenience init(_ format: DeflateFormat, _ level: CompressionLevel, _ idleEncoderLimit: Int) {
    self.init(capacity: idleEncoderLimit) {
      () throws(ContentEncoderError) -> sending any ContentEncoder in
      try DeflateEncoder(format, level: level)
    }
  }
}
