#if Brotli
  public import HTTPContentCoding

  extension ContentCodingOffer {
    /// Offers brotli, whose name in a field is `br` (RFC 7932).
    ///
    /// Browsers accept it only over TLS. Offers with the same parameters share one pool in the
    /// process, even if each connection creates its own offer.
    /// `ContentEncoderPool.brotli(quality:windowBits:idleEncoderLimit:)` makes a separate pool.
    ///
    /// - Parameters:
    ///   - quality: How much time to spend. Brotli's default, 11, takes a hundred times as long as
    ///     4: one call can block its thread, which may be an event loop, for 190 ms, at 4 for 3 ms.
    ///   - windowBits: The size of the window as a power of two, 10 to 24; a number outside this
    ///     range counts as the nearest one in it. 18 is 256 KiB. Every client needs this much memory,
    ///     and the encoder several times as much: see the module's page.
    ///   - idleEncoderLimit: The maximum number of idle encoders, each of which holds up to 4 MiB.
    /// - Returns: An offer that uses the shared pool.
    public static func brotli(
      quality: BrotliQuality = 4,
      windowBits: Int = 18,
      idleEncoderLimit: Int = defaultIdleEncoderLimit
    ) -> ContentCodingOffer {
      .shared(
        BrotliStream.self, BrotliConfiguration(quality: quality, windowBits: windowBits),
        idleEncoderLimit: idleEncoderLimit)
    }
  }

  extension ContentEncoderPool {
    /// Makes a separate pool of brotli encoders (RFC 7932).
    ///
    /// - Parameters:
    ///   - quality: How much time to spend.
    ///   - windowBits: The size of the window as a power of two, 10 to 24.
    ///   - idleEncoderLimit: The maximum number of idle encoders, each of which holds up to 4 MiB.
    /// - Returns: A new pool.
    public static func brotli(
      quality: BrotliQuality = 4,
      windowBits: Int = 18,
      idleEncoderLimit: Int = ContentCodingOffer.defaultIdleEncoderLimit
    ) -> ContentEncoderPool {
      ContentEncoderPool(
        BrotliStream.self, BrotliConfiguration(quality: quality, windowBits: windowBits),
        idleEncoderLimit: idleEncoderLimit)
    }
  }
#endif
