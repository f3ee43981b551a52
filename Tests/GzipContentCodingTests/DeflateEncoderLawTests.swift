import HTTPContentCoding
import OutputBufferingTestSupport
import OutputBufferingTesting
import Testing

@testable import GzipContentCoding

/// Both codings obey the laws of `ContentEncoder` at every level.
@Suite struct DeflateEncoderLawTests {
  private static let formats = [DeflateFormat.gzip, .zlib]
  private static let levels = Array(0...9)
  private static let short: ContiguousArray<UInt8> = [0, 0, 0, 7, 255, 0, 0, 0, 7]

  private func laws(_ format: DeflateFormat, level: Int = 6) -> ContentEncoderLaws {
    ContentEncoderLaws(
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

  @Test(arguments: formats, levels)
  func `Whatever is known of a body`(format: DeflateFormat, level: Int) throws {
    try laws(format, level: level).checkBegin(Self.short)
    try laws(format, level: level).checkBegin(Payload.text(70_000))
  }

  @Test(arguments: formats, levels)
  func `A whole body by one call`(format: DeflateFormat, level: Int) throws {
    for count in [0, 1, 1000, 100_000] {
      for payload in [Payload.text, Payload.zeros, Payload.noise] {
        try laws(format, level: level).checkWhole(payload(count))
      }
    }
  }

  @Test(arguments: formats, levels)
  func `A member can change hands after every flush`(format: DeflateFormat, level: Int) throws {
    let laws = laws(format, level: level)
    let sizes = [0, 1, 5000, 1, 0, 40_000, 3, 2047, 2048, 2049, 70_000, 0]
    for payload in [Payload.text, Payload.zeros, Payload.noise] {
      #expect(try laws.checkSuspension(sizes.map(payload)) == sizes.count - 1)
    }
  }

  @Test(arguments: formats)
  func `A member can't be suspended where a decoder lacks bytes, nor after its end`(
    format: DeflateFormat
  ) throws {
    let encoder = try DeflateEncoder(format, level: 6)
    var output: ContiguousArray<UInt8> = []
    try encoder.encode(Self.short.span, flush: .none, into: &output)
    #expect(encoder.suspend() == nil)
    try encoder.encode(Span(), flush: .sync, into: &output)
    let member = try #require(encoder.suspend())
    #expect(throws: ContentEncoderError.self) { try encoder.resume(member) }
    try encoder.reset()
    #expect(throws: ContentEncoderError.self) {
      try encoder.resume(SuspendedMember(state: "another kind's"))
    }
    try encoder.resume(member)
    try encoder.encode(Span(), flush: .finish, into: &output)
    #expect(encoder.suspend() == nil)
    let decoder = InflateDecoder(of: format)
    #expect(try decoder.decode(output) == Self.short)
    #expect(decoder.isAtEnd)
  }

  /// The cost of an event stream that is primed with 2 KiB each time.
  @Test func `What a suspended member keeps makes the rest small`() throws {
    let event = Payload.text(400)
    let (encoder, fresh) = (
      try DeflateEncoder(.gzip, level: 6), try DeflateEncoder(.gzip, level: 6)
    )
    var (first, resumed) = (ContiguousArray<UInt8>(), ContiguousArray<UInt8>())
    try encoder.encode(event.span, flush: .sync, into: &first)
    try fresh.resume(try #require(encoder.suspend()))
    try fresh.encode(event.span, flush: .sync, into: &resumed)
    #expect(resumed.count < first.count / 4)
  }

  @Test(arguments: formats, 0..<20)
  func `Random calls`(format: DeflateFormat, seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
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
