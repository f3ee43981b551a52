#if Zstd
  import HTTPContentCoding
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Testing

  @testable import ZstdContentCoding

  /// The header of a frame (RFC 8878 §3.1.1.1).
  private struct FrameHeader {
    var windowByteCount: Int
    var contentByteCount: Int?
    var hasChecksum: Bool

    init(_ frame: ContiguousArray<UInt8>) {
      let descriptor = frame[4]
      let isSingleSegment = descriptor & 0x20 != 0
      hasChecksum = descriptor & 4 != 0
      var rest = frame[5...]
      windowByteCount = 0
      if !isSingleSegment {
        let window = Int(rest.removeFirst())
        let base = 1 << (10 + window >> 3)
        windowByteCount = base + base / 8 * (window & 7)
      }
      let flag = descriptor >> 6
      let count = flag == 0 ? (isSingleSegment ? 1 : 0) : 1 << flag
      var size = 0
      for byte in rest.prefix(count).reversed() { size = size << 8 | Int(byte) }
      contentByteCount = count == 0 ? nil : size + (count == 2 ? 256 : 0)
      if isSingleSegment { windowByteCount = size }
    }
  }

  @Suite struct ZstdFrameTests {
    private func header(
      _ level: Int, _ byteCount: Int?, _ input: ContiguousArray<UInt8>, _ flush: EncoderFlush,
      checksum: Bool = false
    ) throws -> FrameHeader {
      let encoder = try ZstdEncoder(level, checksum: checksum)
      var output: ContiguousArray<UInt8> = []
      try encoder.begin(BodyDescription(byteCount: byteCount))
      try encoder.encode(input.span, flush: flush, into: &output)
      return FrameHeader(output)
    }

    @Test(arguments: [1, 3, 19], [1, 300, 10_240, 100_000, 700_000])
    func `The frame of a whole body says its length and asks for no more window`(
      level: Int, byteCount: Int
    ) throws {
      for told in [byteCount, nil] {
        let header = try header(level, told, Payload.text(byteCount), .finish)
        #expect(header.contentByteCount == byteCount)
        #expect(header.windowByteCount <= max(1024, byteCount))
      }
    }

    @Test(arguments: -7...19)
    func `A stream of unknown length has a window of 128 KiB`(level: Int) throws {
      let header = try header(level, nil, Payload.text(10), .sync)
      #expect(header.contentByteCount == nil && header.windowByteCount == 128 * 1024)
    }

    /// RFC 9659 §3 allows 8 MiB.
    @Test(arguments: -7...19)
    func `No window is longer than 1 MiB`(level: Int) throws {
      let header = try header(level, 1 << 30, Payload.text(10), .sync)
      #expect(header.contentByteCount == 1 << 30)
      #expect(128 * 1024...1024 * 1024 ~= header.windowByteCount)
    }

    @Test func `The checksum is an option, and a decoder checks it`() throws {
      let text = Payload.text(3000)
      for checksum in [true, false] {
        let encoder = try ZstdEncoder(3, checksum: checksum)
        var output: ContiguousArray<UInt8> = []
        try encoder.encode(text.span, flush: .finish, into: &output)
        #expect(FrameHeader(output).hasChecksum == checksum)
        output[output.count - 1] ^= 1
        if checksum {
          #expect(throws: ZstdDecoder.Failure.self) { try ZstdDecoder().decode(output) }
        }
      }
    }

    @Test(arguments: [9, 11])
    func `A body of another length than was told is no member`(byteCount: Int) throws {
      let encoder = try ZstdEncoder(3)
      var output: ContiguousArray<UInt8> = []
      try encoder.begin(BodyDescription(byteCount: 10))
      #expect(throws: ContentEncoderError.self) {
        try encoder.encode(Payload.text(byteCount).span, flush: .sync, into: &output)
        try encoder.encode(Span(), flush: .finish, into: &output)
      }
      #expect(throws: ContentEncoderError.self) {
        try encoder.encode(Span(), flush: .finish, into: &output)
      }
      try encoder.reset()
      output = []
      try encoder.encode(Payload.text(byteCount).span, flush: .finish, into: &output)
      #expect(try ZstdDecoder().decode(output) == Payload.text(byteCount))
    }

    @Test func `What was told about one body isn't remembered for the next`() throws {
      let encoder = try ZstdEncoder(3)
      try encoder.begin(BodyDescription(byteCount: 10))
      try encoder.reset()
      var output: ContiguousArray<UInt8> = []
      try encoder.encode(Payload.text(20).span, flush: .sync, into: &output)
      try encoder.encode(Span(), flush: .finish, into: &output)
      #expect(try ZstdDecoder().decode(output) == Payload.text(20))
    }

    @Test func `An idle encoder holds no more than its limit, whatever it has coded`() throws {
      let encoder = try ZstdEncoder(19)
      var output: ContiguousArray<UInt8> = []
      try encoder.begin(BodyDescription(byteCount: 1 << 24))
      try encoder.encode(Payload.text(100).span, flush: .sync, into: &output)
      #expect(encoder.memoryByteCount > ZstdStream.idleByteLimit)
      try encoder.reset()
      #expect(encoder.memoryByteCount <= ZstdStream.idleByteLimit)
    }

    /// The memory of an encoder that has begun a body.
    private func memoryByteCount(_ level: Int, _ byteCount: Int?) throws -> Int {
      let encoder = try ZstdEncoder(level)
      var output: ContiguousArray<UInt8> = []
      try encoder.begin(BodyDescription(byteCount: byteCount))
      try encoder.encode(Payload.text(100).span, flush: .sync, into: &output)
      return encoder.memoryByteCount
    }

    /// The table on the module's documentation page.
    @Test(
      arguments: [
        (1, nil, 1 << 20), (3, nil, 2 << 20), (6, nil, 3 << 20), (19, nil, 4 << 20),
        (3, 10_240, 1 << 19), (3, 100_000, 2 << 20), (3, 1 << 20, 3 << 20), (6, 10_240, 1 << 20),
        (6, 1 << 20, 6 << 20), (19, 10_240, 2 << 20), (19, 1 << 20, 20 << 20),
      ] as [(Int, Int?, Int)])
    func `How much memory an encoder takes`(level: Int, byteCount: Int?, atMost: Int) throws {
      #expect(try memoryByteCount(level, byteCount) <= atMost)
    }

    @Test(arguments: -7...19)
    func `No body takes more memory than one of 1 MiB`(level: Int) throws {
      let limit = try memoryByteCount(level, 1 << 20)
      #expect(limit <= 20 << 20)
      for byteCount in [nil, 1 << 20 + 1, 1 << 23, 1 << 30, 1 << 40] {
        #expect(try memoryByteCount(level, byteCount) <= limit)
      }
    }
  }
#endif
