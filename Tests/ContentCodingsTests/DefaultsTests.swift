import ContentCodings
import Testing

@Suite struct DefaultsTests {
  @Test func `The defaults are what the traits have built, zstd before brotli before gzip`() {
    var expected: [ContentCoding] = [.gzip]
    #if Brotli
      expected.insert(.brotli, at: 0)
    #endif
    #if Zstd
      expected.insert(.zstd, at: 0)
    #endif
    #expect(ContentCodingOffer.defaults.map(\.coding) == expected)
  }

  @Test func `They share the pools of offers with the same levels`() {
    let pools = ContentCodingOffer.defaults.map { ObjectIdentifier($0.pool) }
    #expect(pools == ContentCodingOffer.defaults.map { ObjectIdentifier($0.pool) })
    #expect(pools.last == ObjectIdentifier(ContentCodingOffer.gzip(level: 6).pool))
  }
}
