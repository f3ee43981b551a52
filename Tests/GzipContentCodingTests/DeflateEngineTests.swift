import HTTPContentCoding
import OutputBufferingTestSupport
import OutputBufferingTesting
import Testing

@testable import GzipContentCoding

@Suite struct DeflateEngineTests {
  @Test func `An engine is named as it is called, if it is compiled in`() {
    for engine in DeflateEngine.available { #expect(DeflateEngine("\(engine)") == engine) }
    #expect(
      DeflateEngine("") == nil && DeflateEngine("ZLIB") == nil && DeflateEngine("zopfli") == nil)
    var names = ["zlib"]
    #if Libdeflate
      names.append("libdeflate")
    #endif
    #if ISAL
      names.append("isal")
    #endif
    #expect(DeflateEngine.available.map(\.description) == names)
  }

  @Test(arguments: 0...9)
  func `A pinned zlib does everything`(number: Int) {
    let level = CompressionLevel(clamping: number)
    #expect(DeflateEngineLevel.stream(level, .zlib) == .zlib(level))
    #expect(DeflateEngineLevel.whole(level, .zlib) == .zlib(level))
    let offer = ContentCodingOffer.gzip(level: level, engine: .zlib)
    #expect(offer.pool === offer.wholePool)
  }

  @Test(arguments: [nil] + DeflateEngine.available.map { $0 } as [DeflateEngine?])
  func `Level 0 is zlib's`(engine: DeflateEngine?) {
    #expect(DeflateEngineLevel.stream(.stored, engine) == .zlib(.stored))
    #expect(DeflateEngineLevel.whole(.stored, engine) == .zlib(.stored))
  }

  #if Libdeflate
    @Test func `A pinned libdeflate codes whole bodies, and zlib streams`() throws {
      for number in 1...9 {
        let level = CompressionLevel(clamping: number)
        #expect(DeflateEngineLevel.stream(level, .libdeflate) == .zlib(level))
        #expect(
          DeflateEngineLevel.whole(level, .libdeflate)
            == .libdeflate(level.libdeflateLevel, pieces: level))
      }
      let offer = ContentCodingOffer.gzip(level: 4, engine: .libdeflate)
      #expect(offer.pool !== offer.wholePool)
      #expect(offer.pool === ContentCodingOffer.gzip(level: 4, engine: .zlib).pool)
      #expect(try offer.pool.lease().wholeBodyLimit == 0)
      #expect(try offer.wholePool.lease().wholeBodyLimit == 512 << 10)
      // Beyond these lengths one call might block an event loop for more than 20 ms.
      let limits = try [1, 3, 5, 6, 7, 9].map {
        let offer = ContentCodingOffer.gzip(
          level: CompressionLevel(clamping: $0), engine: .libdeflate)
        return try offer.wholePool.lease().wholeBodyLimit >> 10
      }
      #expect(limits == [1024, 512, 256, 128, 64, 64])
      // A separate pool has encoders for both.
      #expect(try ContentEncoderPool.gzip(engine: .libdeflate).lease().wholeBodyLimit > 0)
    }

    @Test func `Above level 2 a whole body is libdeflate's and a stream zlib's`() {
      for number in 3...9 {
        let level = CompressionLevel(clamping: number)
        #expect(DeflateEngineLevel.stream(level, nil) == .zlib(level))
        #expect(
          DeflateEngineLevel.whole(level, nil) == .libdeflate(level.libdeflateLevel, pieces: level))
      }
    }
  #endif

  #if ISAL
    @Test func `Up to level 2 both kinds are ISA-L's, of one pool`() {
      for number in 1...2 {
        let level = CompressionLevel(clamping: number)
        #expect(DeflateEngineLevel.stream(level, nil) == .isal(number))
        #expect(DeflateEngineLevel.whole(level, nil) == .isal(number))
        let offer = ContentCodingOffer.gzip(level: level)
        #expect(offer.pool === offer.wholePool)
      }
    }

    @Test func `A pinned ISA-L does what it can`() {
      for number in 3...9 {
        let level = CompressionLevel(clamping: number)
        #expect(DeflateEngineLevel.stream(level, .isal) == .isal(3))
        #expect(DeflateEngineLevel.whole(level, .isal) == .isal(3))
      }
    }
  #endif

  /// RFC 1952 §2.3: no name, no time, and no system.
  @Test(arguments: DeflateEngine.available, 1...9)
  func `The header is the same whatever the engine`(
    engine: DeflateEngine, number: Int
  ) throws {
    let level = CompressionLevel(clamping: number)
    for format in [DeflateFormat.gzip, .zlib] {
      let headers = try [DeflateEngineLevel.whole(level, engine), .zlib(level)].map {
        var output: ContiguousArray<UInt8> = []
        try $0.makeEncoder(format, level: level)
          .encode(Payload.text(1000).span, flush: .finish, into: &output)
        return Array(output.prefix(format == .gzip ? 10 : 2))
      }
      #expect(headers[0] == headers[1])
    }
  }
}
