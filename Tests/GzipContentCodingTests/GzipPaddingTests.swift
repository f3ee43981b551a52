import HTTPContentCoding
import OutputBufferingTestSupport
import OutputBufferingTesting
import Testing

@testable import GzipContentCoding

/// A member lengthened by a field of its header (RFC 1952 §2.3.1).
@Suite struct GzipPaddingTests {
  private func member(
    _ pool: ContentEncoderPool, _ padding: Int?, _ flush: EncoderFlush = .none
  ) throws -> ContiguousArray<UInt8> {
    var lease = try pool.lease()
    var output: ContiguousArray<UInt8> = []
    try lease.begin(BodyDescription(paddingByteCount: padding))
    try lease.encode(Payload.text(5000).span, flush: flush, into: &output)
    try lease.encode(Span(), flush: .finish, into: &output)
    return output
  }

  @Test(arguments: [0, 1, 2, 5, 6, 7, 100, 511, 512, 513, 65_536], [EncoderFlush.none, .sync])
  func `It is longer by as many bytes, and decodes to the same`(
    padding: Int, flush: EncoderFlush
  ) throws {
    let pool = ContentEncoderPool.gzip()
    #expect(pool.canPad && ContentCodingOffer.gzip().canPad)
    let plain = try member(pool, nil, flush)
    let padded = try member(pool, padding, flush)
    #expect(padded.count == plain.count + padding)
    #expect(try InflateDecoder(.gzip).decode(padded) == Payload.text(5000))
    // The encoder's next body isn't padded.
    #expect(try member(pool, nil, flush) == plain)
    if let result = try ForeignTool.run("gzip", "gzip -t <in && gzip -dc <in >out", on: padded) {
      #expect(result.status == 0 && result.output == Payload.text(5000))
    }
  }

  /// Decoders bound the length of a comment, and Go's by 511 bytes; that of an extra field is stated.
  @Test func `Only a few bytes are a comment`() throws {
    for padding in [1, 5, 6, 511, 65_536] {
      let header = Array(try member(.gzip(), padding).prefix(10 + padding))
      if padding < 6 {
        #expect(header[3] == 1 << 4)
        #expect(header.dropFirst(10).firstIndex(of: 0) == 9 + padding)
      } else {
        #expect(header[3] == 1 << 2)
        // XLEN counts everything that follows it, LEN the data of the only subfield.
        #expect(Int(header[10]) | Int(header[11]) << 8 == padding - 2)
        #expect(Int(header[14]) | Int(header[15]) << 8 == padding - 6)
      }
    }
  }

  @Test func `A number out of range counts as the nearest`() throws {
    let pool = ContentEncoderPool.gzip()
    #expect(try member(pool, .min) == member(pool, 0))
    #expect(try member(pool, .max) == member(pool, 65_536))
    #expect(BodyDescription(byteCount: -1).byteCount == nil)
    var body = BodyDescription(byteCount: 3)
    (body.byteCount, body.paddingByteCount) = (.min, -1)
    #expect(body == BodyDescription(paddingByteCount: 0))
  }

  @Test func `deflate has no room for it`() throws {
    let pool = ContentEncoderPool.deflate()
    #expect(!pool.canPad && !ContentCodingOffer.deflate().canPad)
    #expect(try member(pool, 10) == member(pool, nil))
  }
}
