/// The header and the trailer of one member.
///
/// The header precedes the DEFLATE data; the trailer is computed from the encoded bytes.
///
/// This module writes it instead of zlib, so zlib produces only raw DEFLATE data. One kind of state
/// then serves both formats, and another encoder can continue in the middle of a member.
struct DeflateContainer: Sendable {
  /// The checksum of the bytes encoded so far.
  private enum Checksum: Sendable {
    case gzip(crc32: UInt32, byteCount: UInt32)
    case zlib(adler32: UInt32)
  }

  private static let gzipHeader: [UInt8] = [0x1F, 0x8B, 8]

  /// The number of padding bytes in the gzip header.
  var paddingByteCount = 0

  /// The maximum size of header and trailer without padding, in bytes.
  static let byteCount = 18

  private var checksum: Checksum

  /// Creates the container of a member without any content yet.
  init(_ format: DeflateFormat) {
    switch format {
    case .gzip: checksum = .gzip(crc32: 0, byteCount: 0)
    case .zlib: checksum = .zlib(adler32: 1)
    }
  }

  /// Updates the checksum with encoded bytes.
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

  /// Appends the header.
  func appendHeader(level: CompressionLevel, to output: inout ContiguousArray<UInt8>) {
    switch checksum {
    case .gzip:
      // RFC 1952 §2.3: ID1 ID2, CM = deflate, FLG, MTIME 0 (none), XFL, OS 255 (unknown). Without a
      // name and a time the same input always gives the same output.
      output.append(contentsOf: Self.gzipHeader)
      output.append(paddingFlag)
      output.append(contentsOf: repeatElement(0, count: 4))
      output.append(level.gzipExtraFlags)
      output.append(255)
      appendPadding(to: &output)
    case .zlib:
      // RFC 1950 §2.2: CM = deflate, CINFO = 32 KiB window, no FDICT, and FCHECK, which makes the
      // two bytes a multiple of 31.
      let methodAndInfo: UInt16 = 0x78
      let flags = level.zlibCompressionLevel << 6
      let remainder = (methodAndInfo << 8 | flags) % 31
      let check = remainder == 0 ? 0 : 31 - remainder
      output.append(UInt8(methodAndInfo))
      output.append(UInt8(flags | check))
    }
  }

  /// The size of an extra field without data: XLEN, and a subfield's ID and LEN.
  private static let extraFieldByteCount = 6

  /// SI1 and SI2, "PD" for padding.
  private static let subfieldID = 0x4450

  /// FEXTRA or FCOMMENT (RFC 1952 §2.3.1).
  private var paddingFlag: UInt8 {
    switch paddingByteCount {
    case 0: 0
    case ..<Self.extraFieldByteCount: 1 << 4
    default: 1 << 2
    }
  }

  /// Appends an extra field, or a comment where that would be too long; decoders ignore both.
  ///
  /// Go's decoder, for one, refuses comments of more than 511 bytes.
  private func appendPadding(to output: inout ContiguousArray<UInt8>) {
    guard paddingByteCount > 0 else { return }
    guard paddingByteCount >= Self.extraFieldByteCount else {
      // A comment ends with a zero byte.
      output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: paddingByteCount - 1))
      output.append(0)
      return
    }
    let dataByteCount = paddingByteCount - Self.extraFieldByteCount
    // XLEN, SI1 and SI2, LEN; the least significant byte comes first (RFC 1952 §2.1, §2.3.1.1).
    for part in [dataByteCount + 4, Self.subfieldID, dataByteCount] {
      output.append(UInt8(truncatingIfNeeded: part))
      output.append(UInt8(truncatingIfNeeded: part >> 8))
    }
    output.append(contentsOf: repeatElement(0, count: dataByteCount))
  }

  /// Appends the trailer.
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
