public import HTTPContentCoding

extension ContentCoding {
  /// Makes a strict decoder of one member of the coding.
  ///
  /// - Returns: The decoder; nil for a coding that the kit can't decode: identity, one that it doesn't know,
  ///   and those whose trait is off.
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
