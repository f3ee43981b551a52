import HTTPContentCoding
import OutputBufferingTestSupport
import Testing

@testable import GzipContentCoding

/// Third-party decoders accept the output, if they are installed.
@Suite struct InteroperabilityTests {
  private func member(
    _ payload: ContiguousArray<UInt8>, _ format: DeflateFormat, level: Int
  ) throws -> ContiguousArray<UInt8> {
    let encoder = try DeflateEncoder(format, level: CompressionLevel(clamping: level))
    var output: ContiguousArray<UInt8> = []
    let middle = payload.count / 2
    try encoder.encode(payload.span.extracting(..<middle), flush: .sync, into: &output)
    try encoder.encode(Payload.none.span, flush: .sync, into: &output)
    try encoder.encode(payload.span.extracting(middle...), flush: .finish, into: &output)
    return output
  }

  @Test(arguments: [0, 1, 6, 9], [0, 1, 200_000])
  func `gzip -t accepts it and gzip -dc gives it back`(level: Int, byteCount: Int) throws {
    let payload = Payload.text(byteCount)
    let member = try member(payload, .gzip, level: level)
    guard let result = try ForeignTool.run("gzip", "gzip -t <in && gzip -dc <in >out", on: member)
    else {
      return
    }
    #expect(result.status == 0)
    #expect(result.output == payload)
  }

  @Test(arguments: [(DeflateFormat.gzip, 31), (.zlib, 15)], [0, 1, 6, 9])
  func `Python's zlib takes exactly one member`(
    format: (DeflateFormat, windowBits: Int), level: Int
  ) throws {
    let payload = Payload.text(100_000)
    let member = try member(payload, format.0, level: level)
    let script = """
      import zlib
      d = zlib.decompressobj(\(format.windowBits))
      out = d.decompress(open('in', 'rb').read())
      assert d.eof and not d.unused_data and not d.unconsumed_tail
      open('out', 'wb').write(out)
      """
    guard
      let result = try ForeignTool.run("python3", "python3 -c \"\(script)\"", on: member)
    else { return }
    #expect(result.status == 0)
    #expect(result.output == payload)
  }
}
