#if Zstd
  import HTTPContentCoding
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Testing

  @testable import ZstdContentCoding

  /// The encoder obeys the laws of `ContentEncoder` at every level.
  @Suite struct ZstdEncoderLawTests {
    private static let levels = Array(-7...19)
    private static let short: ContiguousArray<UInt8> = [0, 0, 0, 7, 255, 0, 0, 0, 7]

    private func laws(_ level: Int = 3, checksum: Bool = false) -> ContentEncoderLaws {
      ContentEncoderLaws(
        makeEncoder: { try ZstdEncoder(level, checksum: checksum) },
        makeDecoder: { ZstdDecoder() })
    }

    @Test(arguments: [-7, 1, 3, 19], [true, false])
    func `Every way of cutting a short input into calls`(level: Int, checksum: Bool) throws {
      try laws(level, checksum: checksum).checkEverySplit(of: Self.short)
    }

    @Test(arguments: levels)
    func `A sync flush with nothing new writes nothing`(level: Int) throws {
      try laws(level).checkRepeatedSync(Self.short)
      try laws(level).checkRepeatedSync(Payload.text(70_000))
    }

    @Test(arguments: levels)
    func `Encoding after the end is an error`(level: Int) throws {
      try laws(level).checkFinished(Self.short)
    }

    @Test(arguments: levels)
    func `A reset makes an encoder as new`(level: Int) throws {
      try laws(level, checksum: true).checkReset(Payload.text(5000))
    }

    @Test(arguments: [-7, 3, 19])
    func `So it does after bodies longer than a window`(level: Int) throws {
      try laws(level).checkReset(Payload.text(140_000))
    }

    /// Law 9.
    @Test(arguments: levels)
    func `What is told about a body changes no byte of it`(level: Int) throws {
      for count in [0, 10, 5000, 20_000] { try laws(level).checkBegin(Payload.text(count)) }
    }

    @Test(arguments: [1, 3, 19])
    func `A whole body in one call`(level: Int) throws {
      for count in [0, 1, 10_240, 140_000] { try laws(level).checkWhole(Payload.text(count)) }
    }

    @Test func `A member can't change hands`() throws {
      let pieces = [0, 1, 5000, 40_000].map(Payload.text)
      #expect(try laws().checkSuspension(pieces) == 0)
      #expect(!ContentCodingOffer.zstd().canSuspend)
    }

    @Test(arguments: 0..<20)
    func `Random calls`(seed: Int) throws {
      var generator = SeededGenerator(seed: UInt64(seed))
      try laws(Self.levels[seed], checksum: seed % 2 == 0).checkRandom(using: &generator)
    }

    @Test(arguments: [-7, -1, 1, 3, 6, 9, 13, 16, 19])
    func `Every size and kind of body`(level: Int) throws {
      let laws = laws(level)
      let encoder = try laws.makeEncoder()
      for count in [0, 1, 2, 63, 64, 65, 255, 256, 1023, 1024, 65_537] {
        for payload in [Payload.text(count), Payload.zeros(count), Payload.noise(count)] {
          for flush in [EncoderFlush.none, .sync] {
            try laws.checkMember([.init(input: payload, flush: flush)], with: encoder)
            try encoder.reset()
            try encoder.begin(BodyDescription(byteCount: count, kind: .text))
            try laws.checkMember([.init(input: payload, flush: flush)], with: encoder)
            try encoder.reset()
          }
        }
      }
    }

    @Test(arguments: [-7, 3, 12])
    func `A megabyte of text and one of noise`(level: Int) throws {
      for payload in [Payload.text(1 << 20), Payload.noise(1 << 20)] {
        try laws(level, checksum: true).checkMember([.init(input: payload, flush: .none)])
      }
    }
  }

  extension ZstdEncoder {
    convenience init(_ level: Int, checksum: Bool = false) throws {
      try self.init(
        ZstdConfiguration(level: ZstdCompressionLevel(clamping: level), hasChecksum: checksum))
    }
  }
#endif
