import HTTPContentCoding
import OutputBufferingTestSupport
import OutputBufferingTesting
import Testing

@testable import GzipContentCoding

@Suite struct DeflateEncoderTests {
  private func encode(
    _ input: ContiguousArray<UInt8>, _ format: DeflateFormat, level: CompressionLevel = 6
  ) throws -> ContiguousArray<UInt8> {
    var output: ContiguousArray<UInt8> = []
    try DeflateEncoder(format, level: level).encode(input.span, flush: .finish, into: &output)
    return output
  }

  @Test(arguments: [(0, 4), (1, 4), (2, 0), (6, 0), (8, 0), (9, 2)] as [(Int, UInt8)])
  func `The gzip header has no time, no name and no system, RFC 1952 §2.3`(
    level: Int, extraFlags: UInt8
  ) throws {
    let member = try encode([1, 2, 3], .gzip, level: CompressionLevel(clamping: level))
    #expect(member.prefix(10) == [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, extraFlags, 255])
  }

  @Test(arguments: [(0, 0), (1, 0), (2, 1), (5, 1), (6, 2), (7, 3), (9, 3)] as [(Int, UInt8)])
  func `The zlib header checks itself and has no dictionary, RFC 1950 §2.2`(
    level: Int, compressionLevel: UInt8
  ) throws {
    let member = try encode([1, 2, 3], .zlib, level: CompressionLevel(clamping: level))
    #expect(member[0] == 0x78, "deflate with a window of 32 KiB")
    #expect((UInt16(member[0]) << 8 | UInt16(member[1])) % 31 == 0, "FCHECK")
    #expect(member[1] & 0b10_0000 == 0, "FDICT")
    #expect(member[1] >> 6 == compressionLevel, "FLEVEL")
  }

  @Test(arguments: [(DeflateFormat.gzip, 20), (.zlib, 8)])
  func `A member without bytes is valid`(format: DeflateFormat, byteCount: Int) throws {
    let member = try encode([], format)
    #expect(member.count == byteCount)
    let decoder = InflateDecoder(of: format)
    #expect(try decoder.decode(member).isEmpty)
    #expect(decoder.isAtEnd)
  }

  @Test func `Trailers have the checksums of the RFCs' own algorithms`() throws {
    let digits = ContiguousArray("123456789".utf8)
    // The published check value for CRC-32; the size is RFC 1952 §2.3.1.
    #expect(try encode(digits, .gzip).suffix(8) == [0x26, 0x39, 0xF4, 0xCB, 9, 0, 0, 0])
    // Adler-32 is big-endian (RFC 1950 §2.2).
    #expect(try encode(digits, .zlib).suffix(4) == [0x09, 0x1E, 0x01, 0xDE])
  }

  @Test(arguments: [DeflateFormat.gzip, .zlib])
  func `CRC-32, ISIZE and Adler-32 of 24 MiB given in pieces`(format: DeflateFormat) throws {
    let piece = Payload.text(1 << 20)
    let encoder = try DeflateEncoder(format, level: 1)
    let decoder = InflateDecoder(of: format)
    var output: ContiguousArray<UInt8> = []
    var decodedByteCount = 0
    for index in 1...24 {
      output.removeAll(keepingCapacity: true)
      try encoder.encode(piece.span, flush: index == 24 ? .finish : .none, into: &output)
      decodedByteCount += try decoder.decode(output).count
    }
    // The decoder rejects a wrong trailer.
    #expect(decoder.isAtEnd)
    #expect(decodedByteCount == 24 << 20)
    if format == .gzip { #expect(output.suffix(4) == [0, 0, 0x80, 0x01]) }
  }

  @Test(arguments: 1...9)
  func `Every level but 0 makes text smaller`(level: Int) throws {
    let text = Payload.text(64 * 1024)
    let member = try encode(text, .gzip, level: CompressionLevel(clamping: level))
    #expect(member.count < text.count / 2)
  }

  @Test func `Level 0 stores, and noise grows by little`() throws {
    let noise = Payload.noise(64 * 1024)
    for level in [CompressionLevel.stored, .fastest, .smallest] {
      let overhead = try encode(noise, .gzip, level: level).count - noise.count
      #expect((18...64).contains(overhead))
    }
  }

  @Test func `An encoder keeps no byte of the output it was lent and needs no new storage`() throws
  {
    let encoder = try DeflateEncoder(.gzip, level: 6)
    let text = Payload.text(10_000)
    var output: ContiguousArray<UInt8> = []
    try encoder.encode(text.span, flush: .finish, into: &output)
    let member = output
    let capacity = output.capacity
    for _ in 0..<10 {
      output.removeAll(keepingCapacity: true)
      try encoder.reset()
      try encoder.encode(text.span, flush: .finish, into: &output)
      #expect(output == member)
      #expect(output.capacity == capacity)
    }
  }

  @Test func `Nothing is written before there is something to write`() throws {
    let encoder = try DeflateEncoder(.gzip, level: 6)
    var output: ContiguousArray<UInt8> = []
    try encoder.encode(Payload.none.span, flush: .none, into: &output)
    try encoder.encode(Payload.none.span, flush: .sync, into: &output)
    #expect(output.isEmpty && output.capacity == 0)
  }

  @Test func `Both formats say which coding they are`() throws {
    #expect(try DeflateEncoder(.gzip, level: 6).coding == .gzip)
    #expect(try DeflateEncoder(.zlib, level: 6).coding == .deflate)
  }
}
