public import HTTPContentCoding

extension ContentCoding {
  /// Creates a strict decoder of one member of the coding.
  ///
  /// - Returns: The decoder; nil for identity, for an unknown coding, and for one whose trait is
  ///   disabled.
  public func makeDecoder() -> (any StreamingDecoder)? {
    switch self {
    case .gzip: return InflateDecoder(.gzip)
    case .deflate: return InflateDecoder(.zlib)
    #if Zstd
      case .zstd: return ZstdDecoder()
    #endif
    #if Brotli
      case .brotli: return BrotliDecoder()
    #endif
    default: return nil
    }
  }
}
