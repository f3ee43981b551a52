#if Brotli
  public import HTTPContentCoding

  extension ContentCodingOffer {
    /// Offers brotli, whose name in a field is `br` (RFC 7932).
    ///
    /// Browsers accept it over TLS alone. Offers of the same parameters share one pool in the process, however
    /// often this is called: also for each connection.
    /// `ContentEncoderPool.brotli(quality:windowBits:idleEncoderLimit:)` makes one to keep apart.
    ///
    /// - Parameters:
    ///   - quality: How much time to spend. Brotli's own default, 11, takes a hundred times as long as 4.
    ///   - windowBits: The size of the window as a power of two, 10 to 24; a number outside counts as the
    ///     nearest. 18 is 256 KiB. The encoder and every client hold as much, and more.
    ///   - idleEncoderLimit: The most idle encoders to keep, each of which holds up to 4 MiB.
    /// - Returns: An offer whose pool is that of all such offers.
    public static func brotli(
      quality: BrotliQuality = 4,
      windowBits: Int = 18,
      idleEncoderLimit: Int = defaultIdleEncoderLimit
    ) -> ContentCodingOffer {
      let pool = ContentEncoderPool.shared(
        for: SharedConfiguration(
          encoder: BrotliConfiguration(quality: quality, windowBits: windowBits),
          idleEncoderLimit: max(0, idleEncoderLimit))
      ) {
        .brotli(quality: quality, windowBits: windowBits, idleEncoderLimit: idleEncoderLimit)
      }
      return ContentCodingOffer(coding: .brotli, pool: pool)
    }
  }

  extension ContentEncoderPool {
    /// Makes a pool of brotli encoders that nothing else uses (RFC 7932).
    ///
    /// - Parameters:
    ///   - quality: How much time to spend.
    ///   - windowBits: The size of the window as a power of two, 10 to 24.
    ///   - idleEncoderLimit: The most idle encoders to keep, each of which holds up to 4 MiB.
    /// - Returns: A new pool.
    public static func brotli(
      quality: BrotliQuality = 4,
      windowBits: Int = 18,
      idleEncoderLimit: Int = ContentCodingOffer.defaultIdleEncoderLimit
    ) -> ContentEncoderPool {
      let configuration = BrotliConfiguration(quality: quality, windowBits: windowBits)
      return ContentEncoderPool(capacity: idleEncoderLimit) {
        () throws(ContentEncoderError) -> sending any ContentEncoder in
        BrotliEncoder(configuration)
      }
    }
  }

  /// What a shared pool is made for.
  private struct SharedConfiguration: Hashable {
    var encoder: BrotliConfiguration
    var idleEncoderLimit: Int
  }
#endif
