import HTTPContentCoding
import OutputBufferingTestSupport
import OutputBufferingTesting
import Testing

@testable import GzipContentCoding

/// Every compiled-in engine obeys the laws of `ContentEncoder`, at each of the levels that are
/// used.
@Suite struct EngineLawTests {
  private static let formats = [DeflateFormat.gzip, .zlib]
  private static let short: ContiguousArray<UInt8> = [0, 0, 0, 7, 255, 0, 0, 0, 7]

  /// zlib's levels have separate tests.
  static let engineLevels: [DeflateEngineLevel] = {
    var levels: [DeflateEngineLevel] = []
    for engine in DeflateEngine.available where engine != .zlib {
      for level in 1...9 {
        for engineLevel in [
          DeflateEngineLevel.whole(CompressionLevel(clamping: level), engine),
          .stream(CompressionLevel(clamping: level), engine),
        ] {
          if case .zlib = engineLevel { continue }
          if !levels.contains(engineLevel) { levels.append(engineLevel) }
        }
      }
    }
    return levels
  }()

  private func laws(
    _ format: DeflateFormat, _ engineLevel: DeflateEngineLevel
  ) -> ContentEncoderLaws {
    ContentEncoderLaws(
      makeEncoder: { try engineLevel.makeEncoder(format, level: 6) },
      makeDecoder: { InflateDecoder(of: format) })
  }

  @Test(arguments: formats, engineLevels)
  func `Every way of cutting a short input into calls`(
    format: DeflateFormat, engineLevel: DeflateEngineLevel
  ) throws {
    try laws(format, engineLevel).checkEverySplit(of: Self.short)
  }

  @Test(arguments: formats, engineLevels)
  func `A sync flush with nothing new writes nothing`(
    format: DeflateFormat, engineLevel: DeflateEngineLevel
  ) throws {
    try laws(format, engineLevel).checkRepeatedSync(Self.short)
    try laws(format, engineLevel).checkRepeatedSync(Payload.text(70_000))
  }

  @Test(arguments: formats, engineLevels)
  func `Encoding after the end is an error, and a reset makes an encoder as new`(
    format: DeflateFormat, engineLevel: DeflateEngineLevel
  ) throws {
    let laws = laws(format, engineLevel)
    try laws.checkFinished(Self.short)
    try laws.checkFinished(Payload.text(70_000))
    try laws.checkReset(Payload.text(5000))
    try laws.checkReset(Payload.text(200_000))
  }

  @Test(arguments: formats, engineLevels)
  func `Whatever is known of a body`(
    format: DeflateFormat, engineLevel: DeflateEngineLevel
  ) throws {
    try laws(format, engineLevel).checkBegin(Self.short)
    try laws(format, engineLevel).checkBegin(Payload.text(70_000))
  }

  @Test(arguments: formats, engineLevels)
  func `A whole body by one call, of every size and kind, also beyond the limit`(
    format: DeflateFormat, engineLevel: DeflateEngineLevel
  ) throws {
    let laws = laws(format, engineLevel)
    let limit = try laws.makeEncoder().wholeBodyLimit
    #expect(limit >= 64 << 10 && limit <= 1 << 20)
    let counts = [
      0, 1, 2, 64, 1023, 32_768, 65_535, 65_536, format == .gzip ? limit : 131_071,
    ]
    for count in counts {
      for payload in count < 100_000
        ? [Payload.text, Payload.zeros, Payload.noise] : [Payload.noise]
      {
        let body = payload(count)
        let member = try laws.checkWhole(body)
        // Incompressible content grows by the overhead of stored blocks.
        #expect(
          member.count <= StoredBlocks.byteCount(of: body.count) + DeflateContainer.byteCount
            || body.count > limit)
      }
    }
    if format == .zlib { try laws.checkWhole(Payload.text(limit) + [1]) }
  }

  @Test(arguments: formats, engineLevels)
  func `A member can change hands after every flush`(
    format: DeflateFormat, engineLevel: DeflateEngineLevel
  ) throws {
    let laws = laws(format, engineLevel)
    let sizes = [0, 1, 5000, 1, 0, 40_000, 3, 2047, 2048, 2049, 70_000, 0]
    for payload in [Payload.text, Payload.zeros, Payload.noise] {
      #expect(try laws.checkSuspension(sizes.map(payload)) == sizes.count - 1)
    }
  }

  /// The suspended state belongs to the format, not to the engine.
  @Test(arguments: formats, engineLevels)
  func `A member of zlib's goes on by another engine, and the other way around`(
    format: DeflateFormat, engineLevel: DeflateEngineLevel
  ) throws {
    let pieces = [5000, 1, 70_000, 3, 2048, 400].map(Payload.text)
    let decoder = InflateDecoder(of: format)
    var encoder: any ContentEncoder = try DeflateEncoder(format, level: 6)
    for (index, piece) in pieces.enumerated() {
      var output: ContiguousArray<UInt8> = []
      let isLast = index == pieces.count - 1
      try encoder.encode(piece.span, flush: isLast ? .finish : .sync, into: &output)
      #expect(try decoder.decode(output) == piece)
      guard !isLast else { break }
      let member = try #require(encoder.suspend())
      let other = index.isMultiple(of: 2) ? engineLevel : .zlib(6)
      encoder = try other.makeEncoder(format, level: 6)
      try encoder.resume(member)
    }
    #expect(decoder.isAtEnd)
  }

  @Test(arguments: engineLevels)
  func `What a suspended member keeps makes the rest small`(
    engineLevel: DeflateEngineLevel
  ) throws {
    let event = Payload.text(400)
    let (encoder, fresh) = (
      try engineLevel.makeEncoder(.gzip, level: 6), try engineLevel.makeEncoder(.gzip, level: 6)
    )
    var (first, resumed) = (ContiguousArray<UInt8>(), ContiguousArray<UInt8>())
    try encoder.encode(event.span, flush: .sync, into: &first)
    try fresh.resume(try #require(encoder.suspend()))
    try fresh.encode(event.span, flush: .sync, into: &resumed)
    // ISA-L writes its code tables again for each flush.
    #expect(resumed.count * 5 < first.count * 3)
  }

  @Test(arguments: formats, engineLevels)
  func `Random calls`(format: DeflateFormat, engineLevel: DeflateEngineLevel) throws {
    for seed in 0..<10 {
      var generator = SeededGenerator(seed: UInt64(seed))
      try laws(format, engineLevel).checkRandom(using: &generator)
    }
  }

  @Test(arguments: formats, engineLevels)
  func `However much room the output has, a sync flush writes its marker once`(
    format: DeflateFormat, engineLevel: DeflateEngineLevel
  ) throws {
    let encoder = try engineLevel.makeEncoder(format, level: 6)
    for byteCount in 1...160 {
      for spareByteCount in [0, 64, 96, 110, 128] {
        try encoder.reset()
        var output: ContiguousArray<UInt8> = []
        output.reserveCapacity(spareByteCount)
        try encoder.encode(Payload.noise(byteCount).span, flush: .sync, into: &output)
        #expect(output.suffix(4) == [0, 0, 0xFF, 0xFF])
        #expect(output.dropLast(5).suffix(4) != [0, 0, 0xFF, 0xFF])
        let decoder = InflateDecoder(of: format)
        #expect(try decoder.decode(output) == Payload.noise(byteCount))
      }
    }
  }

  @Test(arguments: engineLevels)
  func `A whole body needs no storage but the output's`(engineLevel: DeflateEngineLevel) throws {
    let encoder = try engineLevel.makeEncoder(.gzip, level: 6)
    let text = Payload.text(10_000)
    var output: ContiguousArray<UInt8> = []
    try encoder.encode(text.span, flush: .finish, into: &output)
    let (member, capacity) = (output, output.capacity)
    for _ in 0..<10 {
      output.removeAll(keepingCapacity: true)
      try encoder.reset()
      try encoder.encode(text.span, flush: .finish, into: &output)
      #expect(output == member && output.capacity == capacity)
    }
  }

  @Test func `Checksums are zlib's, whichever engine computes them`() {
    for count in [0, 1, 15, 16, 17, 1000, 100_000] {
      let bytes = Payload.noise(count)
      let half = count / 2
      for (checksum, zlibs) in [
        (DeflateChecksum.crc32, DeflateStream.crc32),
        (DeflateChecksum.adler32, DeflateStream.adler32),
      ] {
        let first = checksum(1, bytes.span.extracting(..<half))
        #expect(first == zlibs(1, bytes.span.extracting(..<half)))
        #expect(checksum(first, bytes.span.extracting(half...)) == zlibs(1, bytes.span))
      }
      #if ISAL
        #expect(ISALStream.crc32(7, of: bytes.span) == DeflateStream.crc32(7, of: bytes.span))
        #expect(ISALStream.adler32(1, of: bytes.span) == DeflateStream.adler32(1, of: bytes.span))
      #endif
    }
  }
}
