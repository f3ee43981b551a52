import HTTPContentCoding
import OutputBufferingTesting
import Testing

@testable import GzipContentCoding

/// With any engine a level stands for the size of zlib's output at that level.
@Suite struct EngineSizeTests {
  private static let samples = SampleBody.all

  private func byteCounts(
    _ engineLevel: DeflateEngineLevel, level: CompressionLevel, pieceByteCount: Int? = nil
  ) throws -> [Int] {
    let encoder = try engineLevel.makeEncoder(.gzip, level: level)
    return try Self.samples.map { sample in
      try encoder.reset()
      var output: ContiguousArray<UInt8> = []
      var rest = sample.bytes.span
      while let pieceByteCount, rest.count > pieceByteCount {
        try encoder.encode(rest.extracting(first: pieceByteCount), flush: .none, into: &output)
        rest = rest.extracting(droppingFirst: pieceByteCount)
      }
      try encoder.encode(rest, flush: .finish, into: &output)
      return output.count
    }
  }

  /// The engines for a level: the default one and the pinned ones.
  private static let engines: [DeflateEngine?] = [nil] + DeflateEngine.available.map { $0 }

  private func expectNoLarger(
    _ byteCounts: [Int], than zlibs: [Int], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let ratios = zip(byteCounts, zlibs).map { Double($0) / Double($1) }.sorted()
    #expect(ratios[ratios.count / 2] <= 1, sourceLocation: sourceLocation)
    #expect((ratios.last ?? 2) <= 1.05, sourceLocation: sourceLocation)
  }

  @Test(arguments: 1...9, engines)
  func `A whole body is no larger than zlib makes it`(
    number: Int, engine: DeflateEngine?
  ) throws {
    let level = CompressionLevel(clamping: number)
    if engine?.description == "isal", level.isalLevel == nil { return }
    expectNoLarger(
      try byteCounts(.whole(level, engine), level: level),
      than: try byteCounts(.zlib(level), level: level))
  }

  @Test(arguments: 1...9, engines)
  func `Neither is a stream`(number: Int, engine: DeflateEngine?) throws {
    let level = CompressionLevel(clamping: number)
    if engine?.description == "isal", level.isalLevel == nil { return }
    for pieceByteCount in [1000, 16_384] {
      expectNoLarger(
        try byteCounts(.stream(level, engine), level: level, pieceByteCount: pieceByteCount),
        than: try byteCounts(.zlib(level), level: level, pieceByteCount: pieceByteCount))
    }
  }

  @Test func `The samples are those of the last run`() {
    #expect(Self.samples.count == 24)
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for sample in Self.samples {
      #expect(SampleBody.sizes.contains(sample.byteCount))
      for byte in sample.bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }
    #expect(hash == 0x2A92_3F1E_011E_C651)
  }
}
