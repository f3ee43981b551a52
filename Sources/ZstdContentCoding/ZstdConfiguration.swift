#if Zstd
  /// The parameters of an encoder.
  struct ZstdConfiguration: Hashable {
    var level: ZstdCompressionLevel = 3
    /// Whether a frame ends with a checksum of its content (RFC 8878 §3.1.1).
    var hasChecksum = false
  }
#endif
