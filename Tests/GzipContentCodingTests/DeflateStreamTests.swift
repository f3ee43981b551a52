import COutputBufferingZlib
import HTTPContentCoding
import OutputBufferingTestSupport
import OutputBufferingTesting
import Testing

@testable import GzipContentCoding

@Suite struct DeflateStreamTests {
  @Test(arguments: [1, 2, 7, 4096, 9999, 10_000, 10_001])
  func `An input larger than zlib's counts is given in slices`(sliceByteCount: Int) throws {
    let text = Payload.text(10_000)
    var container = DeflateContainer(.zlib)
    container.update(with: text.span)
    var stream = try DeflateStream(level: 6)
    var output: ContiguousArray<UInt8> = []
    container.appendHeader(level: 6, to: &output)
    try stream.compress(
      text.span, flush: .finish, into: &output, sliceByteCount: sliceByteCount)
    container.appendTrailer(to: &output)
    let decoder = InflateDecoder(of: .zlib)
    #expect(try decoder.decode(output) == text)
    #expect(decoder.isAtEnd)
  }

  @Test(arguments: [0, 1, 6, 9])
  func `However much room the output has, a sync flush writes its marker once`(level: Int) throws {
    // Allocations are rounded up, so vary the size of the input as well as the remaining room.
    for byteCount in 60...160 {
      for spareByteCount in [0, 64, 96, 110, 128] {
        var stream = try DeflateStream(level: CompressionLevel(clamping: level))
        var output: ContiguousArray<UInt8> = []
        output.reserveCapacity(spareByteCount)
        // Noise is stored at every level, with five bytes before it and the marker after it.
        try stream.compress(Payload.noise(byteCount).span, flush: .sync, into: &output)
        #expect(output.count == 5 + byteCount + 5)
        #expect(output.suffix(5) == [0, 0, 0, 0xFF, 0xFF])
      }
    }
  }

  @Test(arguments: [
    (Z_MEM_ERROR, ContentEncoderError.Code.outOfMemory), (Z_VERSION_ERROR, .incompatibleLibrary),
    (Z_STREAM_ERROR, .corruptedState), (Z_DATA_ERROR, .corruptedState), (-99, .corruptedState),
  ])
  func `A return code of zlib becomes a code`(zlib: Int32, code: ContentEncoderError.Code) throws {
    let error = try #require(ContentEncoderError(zlib: zlib, from: "deflate"))
    #expect(error.code == code)
    #expect(error.message == "zlib's deflate returned \(zlib)")
  }

  @Test(arguments: [Z_OK, Z_STREAM_END, Z_BUF_ERROR])
  func `Having nothing to do is not an error`(zlib: Int32) {
    #expect(ContentEncoderError(zlib: zlib, from: "deflate") == nil)
  }

  @Test func `An engine without memory is an error, and no trap`() throws {
    let error = #expect(throws: ContentEncoderError.self) {
      _ = try EngineMemory(byteCount: .max / 2, for: "zlib")
    }
    #expect(error?.code == .outOfMemory)
    let memory = try EngineMemory(byteCount: 1000, for: "zlib")
    let isAligned = unsafe Int(bitPattern: memory.start).isMultiple(of: 64)
    let areZeros = unsafe UnsafeRawBufferPointer(start: memory.start, count: 1000)
      .allSatisfy { $0 == 0 }
    #expect(isAligned && areZeros)
  }

  @Test func `A stream survives being moved`() throws {
    final class Owner {
      var stream: DeflateStream?
    }
    let owner = Owner()
    var stream = try DeflateStream(level: 6)
    var output: ContiguousArray<UInt8> = []
    try stream.compress([1, 2, 3].span, flush: .sync, into: &output)
    owner.stream = consume stream
    try owner.stream?.compress([4, 5, 6].span, flush: .finish, into: &output)
    try owner.stream?.reset()
    #expect(!output.isEmpty)
  }
}
