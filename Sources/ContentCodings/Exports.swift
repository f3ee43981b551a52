// The modules that an application needs to offer codings and to choose their parameters.
@_exported public import GzipContentCoding
@_exported public import HTTPContentCoding

#if Brotli
  @_exported public import BrotliContentCoding
#endif
#if Zstd
  @_exported public import ZstdContentCoding
#endif
