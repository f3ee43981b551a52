import HTTPContentCoding
import Testing

@Suite struct ContentCodingTests {
  @Test(arguments: ["gzip", "GZIP", "Gzip", "x-gzip", "X-GZip"])
  func `Names are case-insensitive and x-gzip is gzip, RFC 9110 §8.4.1.3`(name: String) {
    #expect(ContentCoding(name) == .gzip)
    #expect(ContentCoding(name)?.name == "gzip")
  }

  @Test(arguments: ["br", "zstd", "compress", "x-compress", "gzip-9", "xgzip", "!#$%&'*+-.^_`|~9"])
  func `Any token is a content coding of its own, RFC 9110 §8.4.1`(name: String) throws {
    let coding = try #require(ContentCoding(name))
    #expect(coding.name == name)
    #expect(coding.description == name)
    #expect(coding != .gzip)
  }

  @Test(arguments: [
    "", " ", "gzip ", "gz ip", "gzip;q=1", "gzip,br", "gz\u{E9}p", "\"gzip\"", "a/b", "\u{212A}",
  ])
  func `What is not a token is not a content coding, RFC 9110 §5.6.2`(name: String) {
    #expect(ContentCoding(name) == nil)
  }
}
