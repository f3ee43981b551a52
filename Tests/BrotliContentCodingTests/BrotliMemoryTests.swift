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

    /// The table on the module's documentation page.
    @Test(arguments: [
      (1, 10_240), (4, 10_240), (5, 10_240), (11, 10_240), (1, 1 << 20), (4, 1 << 20),
      (5, 1 << 20), (11, 1 << 18),
    ])
    func `How much memory an encoder takes`(quality: Int, byteCount: Int) throws {
      let encoder = try BrotliEncoder(quality)
      var output: ContiguousArray<UInt8> = []
      try encoder.encode(Payload.text(byteCount).span, flush: .sync, into: &output)
      #expect(encoder.memoryByteCount <= (byteCount == 10_240 ? 4 : 12) << 20)
    }
  }
#endif
