import HTTPContentCoding
import OutputBufferingTestSupport
import OutputBufferingTesting
import Testing

@testable import GzipContentCoding

/// A member lengthened by a comment in its header (RFC 1952 §2.3.1).
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

  @Test(arguments: [0, 1, 2, 100, 70_000], [EncoderFlush.none, .sync])
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

  @Test func `deflate has no room for it`() throws {
    let pool = ContentEncoderPool.deflate()
    #expect(!pool.canPad && !ContentCodingOffer.deflate().canPad)
    #expect(try member(pool, 10) == member(pool, nil))
  }
}
