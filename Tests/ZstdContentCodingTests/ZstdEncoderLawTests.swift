#if Zstd
  import HTTPContentCoding
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Testing

  @testable import ZstdContentCoding

  /// The encoder obeys the laws of `ContentEncoder` at every level.
  @Suite struct ZstdEncoderLawTests {
    private func laws(_ level: Int, checksum: Bool = false) -> ContentEncoderLaws {
      ContentEncoderLaws(
        makeEncoder: { try ZstdEncoder(level, checksum: checksum) },
        makeDecoder: { ZstdDecoder() })
    }

    @Test(arguments: EncoderLaw.all, -7...19)
    func `At every level`(law: EncoderLaw, level: Int) throws {
      try law.check(laws(level, checksum: level.isMultiple(of: 2)))
    }

    @Test(arguments: EncoderLaw.slow, [-7, -1, 1, 3, 6, 9, 13, 16, 19])
    func `At some levels`(law: EncoderLaw, level: Int) throws {
      try law.check(laws(level, checksum: level.isMultiple(of: 2)))
    }

    @Test(arguments: [-7, 3, 19])
    func `A reset after bodies longer than a window`(level: Int) throws {
      try laws(level).checkReset(Payload.text(140_000))
      try laws(level).checkWhole(Payload.text(140_000))
    }

    @Test(arguments: [-7, 3, 12])
    func `A megabyte of text and one of noise`(level: Int) throws {
      for payload in [Payload.text(1 << 20), Payload.noise(1 << 20)] {
        try laws(level, checksum: true).checkMember([.init(input: payload, flush: .none)])
      }
    }
  }

  typealias ZstdEncoder = LibraryEncoder<ZstdStream>

  extension LibraryEncoder where Stream == ZstdStream {
    convenience init(_ level: Int, checksum: Bool = false) throws {
      try self.init(
        ZstdConfiguration(level: ZstdCompressionLevel(clamping: level), hasChecksum: checksum))
    }
  }
#endif
