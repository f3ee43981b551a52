#if Zstd
  public import HTTPContentCoding

  extension ContentCodingOffer {
    /// Offers zstd (RFC 8878, with the window limit of RFC 9659).
    ///
    /// Offers with the same parameters share one pool in the process, even if each connection
    /// creates its own offer. `ContentEncoderPool.zstd(level:checksum:idleEncoderLimit:)` makes a
    /// separate pool.
    ///
    /// - Parameters:
    ///   - level: How much time to spend; 3 is zstd's default. At 19 one call can block
    ///     its thread, which may be an event loop, for 130 ms, and a long body of known length takes
    ///     20 MB while it is coded.
    ///   - checksum: Whether each frame ends with a four-byte checksum of its content. TCP and TLS
    ///     have their own checksums; this one protects files that are stored.
    ///   - idleEncoderLimit: The maximum number of idle encoders, each of which holds up to 4 MiB.
    /// - Returns: An offer that uses the shared pool.
    public static func zstd(
      level: ZstdCompressionLevel = 3,
      checksum: Bool = false,
      idleEncoderLimit: Int = defaultIdleEncoderLimit
    ) -> ContentCodingOffer {
      .shared(
        ZstdStream.self, ZstdConfiguration(level: level, hasChecksum: checksum),
        idleEncoderLimit: idleEncoderLimit)
    }
  }

  extension ContentEncoderPool {
    /// Makes a separate pool of zstd encoders (RFC 8878).
    ///
    /// - Parameters:
    ///   - level: How much time to spend; 3 is zstd's default.
    ///   - checksum: Whether each frame ends with a checksum of its content.
    ///   - idleEncoderLimit: The maximum number of idle encoders, each of which holds up to 4 MiB.
    /// - Returns: A new pool.
    public static func zstd(
      level: ZstdCompressionLevel = 3,
      checksum: Bool = false,
      idleEncoderLimit: Int = ContentCodingOffer.defaultIdleEncoderLimit
    ) -> ContentEncoderPool {
      ContentEncoderPool(
        ZstdStream.self, ZstdConfiguration(level: level, hasChecksum: checksum),
        idleEncoderLimit: idleEncoderLimit)
    }
  }
#endif
