/// What stands around the DEFLATE data of one member: the header before it, and after it a trailer
/// computed from the bytes that were encoded.
///
/// Writing it here and not in zlib leaves zlib with raw DEFLATE data, of which one kind of state
/// serves both formats and can change hands in the middle of a member.
struct DeflateContainer: Sendable {
  /// The checksum of the bytes encoded so far.
  private enum Checksum: Sendable {
    case gzip(crc32: UInt32, byteCount: UInt32)
    case zlib(adler32: UInt32)
  }

  private static let gzipHeader: [UInt8] = [0x1F, 0x8B, 8]

  /// How much longer the header of gzip is than it needs to be, in bytes.
  var paddingByteCount = 0

  /// The most that header and trailer take without padding, in bytes.
  static let byteCount = 18

  private var checksum: Checksum

  /// Creates the container of a member in which nothing has been encoded.
  init(_ format: DeflateFormat) {
    switch format {
    case .gzip: checksum = .gzip(crc32: 0, byteCount: 0)
    case .zlib: checksum = .zlib(adler32: 1)
    }
  }

  /// Takes account of bytes that were encoded.
  mutating func update(with input: Span<UInt8>) {
    switch checksum {
    case .gzip(let crc32, let byteCount):
      checksum = .gzip(
        crc32: DeflateChecksum.crc32(crc32, of: input),
        // ISIZE is the size modulo 2^32 (RFC 1952 §2.3.1).
        byteCount: byteCount &+ UInt32(truncatingIfNeeded: input.count)
      )
    case .zlib(let adler32):
      checksum = .zlib(adler32: DeflateChecksum.adler32(adler32, of: input))
    }
  }

  /// Appends what comes before the data.
  func appendHeader(level: CompressionLevel, to output: inout ContiguousArray<UInt8>) {
    switch checksum {
    case .gzip:
      // RFC 1952 §2.3: ID1 ID2, CM = deflate, FLG, MTIME 0 (none), XFL, OS 255 (unknown). No
      // name and no time: the same bytes in give the same bytes out.
      output.append(contentsOf: Self.gzipHeader)
      output.append(paddingByteCount > 0 ? Self.hasComment : 0)
      output.append(contentsOf: repeatElement(0, count: 4))
      output.append(level.gzipExtraFlags)
      output.append(255)
      if paddingByteCount > 0 {
        // A comment, which no one is to interpret, ends with a zero.
        output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: paddingByteCount - 1))
        output.append(0)
      }
    case .zlib:
      // RFC 1950 §2.2: CM = deflate, CINFO = 32 KiB window, no FDICT, and FCHECK so that the two
      // bytes are a multiple of 31.
      let methodAndInfo: UInt16 = 0x78
      let flags = level.zlibCompressionLevel << 6
      let remainder = (methodAndInfo << 8 | flags) % 31
      let check = remainder == 0 ? 0 : 31 - remainder
      output.append(UInt8(methodAndInfo))
      output.append(UInt8(flags | check))
    }
  }

  /// FCOMMENT (RFC 1952 §2.3.1).
  private static let hasComment: UInt8 = 1 << 4

  /// Appends what comes after the data.
  func appendTrailer(to output: inout ContiguousArray<UInt8>) {
    switch checksum {
    case .gzip(let crc32, let byteCount):
      // RFC 1952 §2.1: the least significant byte comes first.
      for shift in [0, 8, 16, 24] { output.append(UInt8(truncatingIfNeeded: crc32 >> shift)) }
      for shift in [0, 8, 16, 24] { output.append(UInt8(truncatingIfNeeded: byteCount >> shift)) }
    case .zlib(let adler32):
      // RFC 1950 §2.1: the most significant byte comes first.
      for shift in [24, 16, 8, 0] { output.append(UInt8(truncatingIfNeeded: adler32 >> shift)) }
    }
  }
}

extension CompressionLevel {
  /// XFL: 2 for the slowest algorithm, 4 for the fastest (RFC 1952 §2.3.1).
  fileprivate var gzipExtraFlags: UInt8 {
    switch rawValue {
    case 9: 2
    case ...1: 4
    default: 0
    }
  }

  /// FLEVEL: 0 fastest, 1 fast, 2 default, 3 slowest (RFC 1950 §2.2).
  fileprivate var zlibCompressionLevel: UInt16 {
    switch rawValue {
    case ...1: 0
    case 2...5: 1
    case 6: 2
    default: 3
    }
  }
}
