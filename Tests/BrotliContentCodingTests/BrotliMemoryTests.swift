#if Brotli
  import HTTPContentCoding
  import OutputBufferingTestSupport
  import Testing

  @testable import BrotliContentCoding

  @Suite struct BrotliMemoryTests {
    @Test func `An idle encoder keeps memory for the next body, up to its limit`() throws {
      let encoder = try BrotliEncoder(11, windowBits: 24)
      var output: ContiguousArray<UInt8> = []
      #expect(encoder.memoryByteCount == 0)
      try encoder.encode(Payload.text(1 << 19).span, flush: .sync, into: &output)
      #expect(encoder.memoryByteCount > BrotliMemory.idleByteLimit)
      try encoder.reset()
      #expect(1...BrotliMemory.idleByteLimit ~= encoder.memoryByteCount)
    }

    @Test func `Bodies of many lengths take the same memory`() throws {
      let encoder = try BrotliEncoder(4)
      var kept: [Int] = []
      for index in 0..<200 {
        var output: ContiguousArray<UInt8> = []
        try encoder.encode(Payload.text(9000 + index * 7).span, flush: .finish, into: &output)
        try encoder.reset()
        kept.append(encoder.memoryByteCount)
      }
      #expect(kept.allSatisfy { $0 < kept[0] + kept[0] / 4 })
    }

    /// The table on the module's documentation page, in MiB for each quality.
    ///
    /// A stream may declare any length.
    @Test(
      arguments: Array(zip(0...11, [1, 1, 3, 3, 5, 6, 7, 15, 25, 45, 9, 12])),
      [nil, 1 << 20, 1 << 30, .max] as [Int?])
    func `A body takes no more memory than its quality allows, whatever its length`(
      limit: (Int, Int), byteCount: Int?
    ) throws {
      let (quality, limit) = limit
      let encoder = try BrotliEncoder(quality)
      let body = Payload.text(quality < 10 ? 1 << 20 : 1 << 19)
      try encoder.begin(BodyDescription(byteCount: byteCount, kind: .text))
      var greatest = 0
      for start in stride(from: 0, to: body.count, by: 1 << 16) {
        var output: ContiguousArray<UInt8> = []
        let piece = body.span.extracting(start..<start + 1 << 16)
        try encoder.encode(piece, flush: .none, into: &output)
        greatest = max(greatest, encoder.memoryByteCount)
      }
      #expect(greatest <= limit << 20)
    }

    @Test(arguments: [(1, 1), (4, 1), (5, 2), (6, 3), (10, 2), (11, 2)])
    func `A whole page of 10 KiB takes less`(quality: Int, limit: Int) throws {
      let encoder = try BrotliEncoder(quality)
      var output: ContiguousArray<UInt8> = []
      try encoder.encode(Payload.text(10_240).span, flush: .finish, into: &output)
      #expect(encoder.memoryByteCount <= limit << 20)
    }
  }
#endif
