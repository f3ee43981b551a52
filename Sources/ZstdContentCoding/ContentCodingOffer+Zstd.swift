#if Zstd
  public import HTTPContentCoding

  extension ContentCodingOffer {
    /// Offers zstd (RFC 8878, with windows as RFC 9659 bounds them).
    ///
    /// Offers of the same parameters share one pool in the process, however often this is called: also for
    /// each connection. `ContentEncoderPool.zstd(level:checksum:idleEncoderLimit:)` makes one to keep apart.
    ///
    /// - Parameters:
    ///   - level: How much time to spend; 3 is zstd's own default.
    ///   - checksum: Whether each frame ends with a checksum of its content, four bytes. TCP and TLS have
    ///     theirs: it guards against what happens to stored files.
    ///   - idleEncoderLimit: The most idle encoders to keep, each of which holds up to 1.7 MB at level 3 and
    ///     never more than 4 MiB.
    /// - Returns: An offer whose pool is that of all such offers.
    public static func zstd(
      level: ZstdCompressionLevel = 3,
      checksum: Bool = false,
      idleEncoderLimit: Int = defaultIdleEncoderLimit
    ) -> ContentCodingOffer {
      let pool = ContentEncoderPool.shared(
        for: SharedConfiguration(
          encoder: ZstdConfiguration(level: level, hasChecksum: checksum),
          idleEncoderLimit: max(0, idleEncoderLimit))
      ) {
        .zstd(level: level, checksum: checksum, idleEncoderLimit: idleEncoderLimit)
      }
      return ContentCodingOffer(coding: .zstd, pool: pool)
    }
  }

  extension ContentEncoderPool {
    /// Makes a pool of zstd encoders that nothing else uses (RFC 8878).
    ///
    /// - Parameters:
    ///   - level: How much time to spend; 3 is zstd's own default.
    ///   - checksum: Whether each frame ends with a checksum of its content.
    ///   - idleEncoderLimit: The most idle encoders to keep, each of which holds up to 4 MiB.
    /// - Returns: A new pool.
    public static func zstd(
      level: ZstdCompressionLevel = 3,
      checksum: Bool = false,
      idleEncoderLimit: Int = ContentCodingOffer.defaultIdleEncoderLimit
    ) -> ContentEncoderPool {
      let configuration = ZstdConfiguration(level: level, hasChecksum: checksum)
      return ContentEncoderPool(capacity: idleEncoderLimit, canPad: true) {
        () throws(ContentEncoderError) -> sending any ContentEncoder in
        try ZstdEncoder(configuration)
      }
    }
  }

  /// What a shared pool is made for.
  private struct SharedConfiguration: Hashable {
    var encoder: ZstdConfiguration
    var idleEncoderLimit: Int
  }
#endif
