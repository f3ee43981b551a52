/// The checksums of both formats, computed by the fastest available engine.
///
/// All engines compute the same values. zlib's implementation takes as long as a fast engine takes
/// to compress.
enum DeflateChecksum {
  /// Continues a CRC-32 (RFC 1952 §8), whose initial value is 0.
  static func crc32(_ checksum: UInt32, of input: Span<UInt8>) -> UInt32 {
    #if Libdeflate
      LibdeflateStream.crc32(checksum, of: input)
    #elseif ISAL
      ISALStream.crc32(checksum, of: input)
    #else
      DeflateStream.crc32(checksum, of: input)
    #endif
  }

  /// Continues an Adler-32 (RFC 1950 §8.2), whose initial value is 1.
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
