#if Brotli
  /// The parameters of an encoder.
  struct BrotliConfiguration: Hashable {
    let quality: BrotliQuality
    /// The window is (1 << windowBits) − 16 bytes long (RFC 7932 §9.1).
    let windowBits: Int

    init(quality: BrotliQuality = 4, windowBits: Int = 18) {
      self.quality = quality
      self.windowBits = min(max(windowBits, 10), 24)
    }
  }
#endif
