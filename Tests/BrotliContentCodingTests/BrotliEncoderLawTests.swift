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
