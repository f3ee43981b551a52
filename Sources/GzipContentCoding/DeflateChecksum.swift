/// The checksums of both formats, by the fastest engine that is compiled in.
///
/// They are the same ones whatever computes them. zlib's takes as long as a fast engine takes to compress.
enum DeflateChecksum {
  /// Carries on a CRC-32 (RFC 1952 §8), which begins with 0.
  static func crc32(_ checksum: UInt32, of input: Span<UInt8>) -> UInt32 {
    #if Libdeflate
      LibdeflateStream.crc32(checksum, of: input)
    #elseif ISAL
      ISALStream.crc32(checksum, of: input)
    #else
      DeflateStream.crc32(checksum, of: input)
    #endif
  }

  /// Carries on an Adler-32 (RFC 1950 §8.2), which begins with 1.
  static func adler32(_ checksum: UInt32, of input: Span<UInt8>) -> UInt32 {
    #if Libdeflate
      LibdeflateStream.adler32(checksum, of: input)
    #elseif ISAL
      ISALStream.adler32(checksum, of: input)
    #else
      DeflateStream.adler32(checksum, of: input)
    #endif
  }
}
