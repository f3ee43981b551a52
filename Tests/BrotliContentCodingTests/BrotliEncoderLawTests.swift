#if Brotli
  import HTTPContentCoding
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Testing

  @testable import BrotliContentCoding

  /// The encoder obeys the laws of `ContentEncoder` at every quality.
  @Suite struct BrotliEncoderLawTests {
    private static let qualities = Array(0...11)
    private static let short: ContiguousArray<UInt8> = [0, 0, 0, 7, 255, 0, 0, 0, 7]

    private func laws(_ quality: Int = 4, windowBits: Int = 18) -> ContentEncoderLaws {
      ContentEncoderLaws(
        makeEncoder: { BrotliEncoder(quality, windowBits: windowBits) },
        makeDecoder: { BrotliDecoder() })
    }

    @Test(arguments: [0, 1, 4, 5, 11])
    func `Every way of cutting a short input into calls`(quality: Int) throws {
      try laws(quality, windowBits: quality == 5 ? 10 : 18).checkEverySplit(of: Self.short)
    }

    @Test(arguments: qualities)
    func `A sync flush with nothing new writes nothing`(quality: Int) throws {
      try laws(quality).checkRepeatedSync(Self.short)
      try laws(quality).checkRepeatedSync(Payload.text(70_000))
    }

    @Test(arguments: qualities)
    func `Encoding after the end is an error`(quality: Int) throws {
      try laws(quality).checkFinished(Self.short)
    }

    @Test(arguments: qualities)
    func `A reset makes an encoder as new`(quality: Int) throws {
      try laws(quality).checkReset(Payload.text(5000))
    }

    /// Law 9.
    @Test(arguments: qualities)
    func `What is told about a body changes no byte of it`(quality: Int) throws {
      for count in [0, 10, 5000] { try laws(quality).checkBegin(Payload.text(count)) }
    }

    @Test(arguments: [0, 4, 11])
    func `A whole body in one call`(quality: Int) throws {
      for count in [0, 1, 10_240] { try laws(quality).checkWhole(Payload.text(count)) }
    }

    @Test func `A member can't change hands`() throws {
      let pieces = [0, 1, 5000, 40_000].map(Payload.text)
      #expect(try laws().checkSuspension(pieces) == 0)
      #expect(!ContentCodingOffer.brotli().canSuspend)
    }

    @Test(arguments: 0..<12)
    func `Random calls`(seed: Int) throws {
      var generator = SeededGenerator(seed: UInt64(seed))
      try laws(seed, windowBits: 10 + seed).checkRandom(using: &generator)
    }

    @Test(arguments: [0, 1, 2, 4, 5, 9, 11], [BodyDescription.Kind.text, .font, .other])
    func `Every size and kind of body`(quality: Int, kind: BodyDescription.Kind) throws {
      let laws = laws(quality)
      let encoder = try laws.makeEncoder()
      for count in [0, 1, 2, 63, 64, 65, 1024, 16_383, 65_537] {
        for payload in [Payload.text(count), Payload.zeros(count), Payload.noise(count)] {
          for flush in [EncoderFlush.none, .sync] {
            try encoder.begin(
              BodyDescription(byteCount: count % 2 == 0 ? count : nil, kind: kind))
            try laws.checkMember([.init(input: payload, flush: flush)], with: encoder)
            try encoder.reset()
          }
        }
      }
    }

    @Test(arguments: [0, 1, 4])
    func `A megabyte of text and one of noise`(quality: Int) throws {
      for payload in [Payload.text(1 << 20), Payload.noise(1 << 20)] {
        try laws(quality).checkMember([.init(input: payload, flush: .none)])
      }
    }
  }

  extension BrotliEncoder {
    convenience init(_ quality: Int, windowBits: Int = 18) {
      self.init(
        BrotliConfiguration(quality: BrotliQuality(clamping: quality), windowBits: windowBits))
    }
  }
#endif
