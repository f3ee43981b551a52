#if Brotli
  import HTTPContentCoding
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Testing

  @testable import BrotliContentCoding

  /// The encoder obeys the laws of `ContentEncoder` at every quality.
  @Suite struct BrotliEncoderLawTests {
    private func laws(_ quality: Int, windowBits: Int = 18) -> ContentEncoderLaws {
      ContentEncoderLaws(
        makeEncoder: { try BrotliEncoder(quality, windowBits: windowBits) },
        makeDecoder: { BrotliDecoder() })
    }

    @Test(arguments: EncoderLaw.all, 0...11)
    func `At every quality`(law: EncoderLaw, quality: Int) throws {
      try law.check(laws(quality))
    }

    @Test(arguments: EncoderLaw.slow, [0, 1, 2, 4, 5, 9, 11])
    func `At some qualities`(law: EncoderLaw, quality: Int) throws {
      try law.check(laws(quality, windowBits: quality == 5 ? 10 : 18))
    }

    @Test(arguments: 0..<12)
    func `Random calls with every window`(seed: Int) throws {
      var generator = SeededGenerator(seed: UInt64(seed))
      try laws(seed, windowBits: 10 + seed).checkRandom(using: &generator)
    }

    /// At qualities 0 and 1 brotli itself codes what each call gets by itself.
    @Test(arguments: [0, 1, 2, 4], [1, 40, 1000, 70_000])
    func `A stream in small pieces is coded as well as in large ones`(
      quality: Int, pieceByteCount: Int
    ) throws {
      let text = Payload.text(150_000)
      func coded(inPiecesOf byteCount: Int) throws -> ContiguousArray<UInt8> {
        let encoder = try BrotliEncoder(quality)
        var output: ContiguousArray<UInt8> = []
        for start in stride(from: 0, to: text.count, by: byteCount) {
          let end = min(start + byteCount, text.count)
          try encoder.encode(text.span.extracting(start..<end), flush: .none, into: &output)
        }
        try encoder.encode(Span(), flush: .finish, into: &output)
        #expect(try BrotliDecoder().decode(output) == text)
        return output
      }
      let whole = try coded(inPiecesOf: text.count)
      #expect(try coded(inPiecesOf: pieceByteCount).count < whole.count * 11 / 10 + 100)
    }

    @Test(arguments: [0, 1, 4])
    func `A megabyte of text and one of noise`(quality: Int) throws {
      for payload in [Payload.text(1 << 20), Payload.noise(1 << 20)] {
        try laws(quality).checkMember([.init(input: payload, flush: .none)])
      }
    }
  }

  typealias BrotliEncoder = LibraryEncoder<BrotliStream>

  extension LibraryEncoder where Stream == BrotliStream {
    convenience init(_ quality: Int, windowBits: Int = 18) throws {
      try self.init(
        BrotliConfiguration(quality: BrotliQuality(clamping: quality), windowBits: windowBits))
    }
  }
#endif
