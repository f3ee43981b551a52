import HTTPContentCoding
import OutputBufferingTesting
import Testing

@testable import GzipContentCoding

/// Both codings obey the laws of `ContentEncoder` at every level.
@Suite struct DeflateEncoderLawTests {
  private static let formats = [DeflateFormat.gzip, .zlib]
  private static let levels = Array(0...9)
  private static let short: ContiguousArray<UInt8> = [0, 0, 0, 7, 255, 0, 0, 0, 7]

  private func laws(_ format: DeflateFormat, level: Int = 6) -> ContentEncoderConformance {
    ContentEncoderConformance(
      makeEncoder: { try DeflateEncoder(format, level: CompressionLevel(clamping: level)) },
      makeDecoder: { InflateDecoder(of: format) }
    )
  }

  @Test(arguments: formats, [0, 1, 6])
  func `Every way of cutting a short input into calls`(format: DeflateFormat, level: Int) throws {
    try laws(format, level: level).checkEverySplit(of: Self.short)
  }

  @Test(arguments: formats, levels)
  func `A sync flush with nothing new writes nothing`(format: DeflateFormat, level: Int) throws {
    try laws(format, level: level).checkRepeatedSync(Self.short)
    try laws(format, level: level).checkRepeatedSync(Payload.text(70_000))
  }

  @Test(arguments: formats, levels)
  func `Encoding after the end is an error`(format: DeflateFormat, level: Int) throws {
    try laws(format, level: level).checkFinished(Self.short)
  }

  @Test(arguments: formats, levels)
  func `A reset makes an encoder as new`(format: DeflateFormat, level: Int) throws {
    try laws(format, level: level).checkReset(Payload.text(5000))
  }

  @Test(arguments: formats, 0..<20)
  func `Random calls`(format: DeflateFormat, seed: Int) throws {
    var generator = SplitMix64(seed: UInt64(seed))
    try laws(format, level: seed % 10).checkRandom(using: &generator)
  }

  @Test(arguments: formats, levels)
  func `Every size and kind of body`(format: DeflateFormat, level: Int) throws {
    let laws = laws(format, level: level)
    let encoder = try laws.makeEncoder()
    for count in [0, 1, 2, 63, 64, 65, 1023, 1024, 32_767, 32_768, 65_535, 65_536, 65_537] {
      for payload in [Payload.text(count), Payload.zeros(count), Payload.noise(count)] {
        try laws.checkMember([.init(input: payload, flush: .none)], with: encoder)
        try encoder.reset()
        try laws.checkMember([.init(input: payload, flush: .sync)], with: encoder)
        try encoder.reset()
      }
    }
  }

  @Test(arguments: formats, [1, 6, 9])
  func `A megabyte of text and one of noise`(format: DeflateFormat, level: Int) throws {
    for payload in [Payload.text(1 << 20), Payload.noise(1 << 20)] {
      try laws(format, level: level).checkMember([.init(input: payload, flush: .none)])
    }
  }
}
