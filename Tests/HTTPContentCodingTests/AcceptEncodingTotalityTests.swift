import HTTPContentCoding
import OutputBufferingTestSupport
import Testing

/// No input from the network traps, and parsing takes linear time.
@Suite struct AcceptEncodingTotalityTests {
  private static let size = 512 * 1024
  /// Far more than a busy machine needs, and far less than the minutes of a quadratic parser.
  private static let limit = Duration.seconds(30)

  @Test(arguments: [
    ",", ";", "=", "*", "\"", "\\", " ", "\t", "q", "gzip;q=", "gzip,", "gzip;q=0,", "*;q=0,",
    "\"\\",
    "a;q=0.5,", "\u{E9}", "\u{1F5DC}", "\u{0}", "\r\n",
  ])
  func `512 KiB of one thing are read in linear time`(unit: String) {
    let value = String(repeating: unit, count: Self.size / unit.utf8.count)
    let clock = ContinuousClock()
    var acceptEncoding = AcceptEncoding(fieldValues: [])
    let duration = clock.measure { acceptEncoding = AcceptEncoding(fieldValues: [value]) }
    #expect(acceptEncoding.isFieldPresent)
    #expect(duration < Self.limit)
  }

  @Test func `512 KiB of different codings are read in linear time`() {
    let value = (0..<Self.size / 8).map { "c\($0);q=0.5" }.joined(separator: ",")
    let clock = ContinuousClock()
    let duration = clock.measure {
      #expect(AcceptEncoding(fieldValues: [value]).quality(of: .gzip) == .notAcceptable)
    }
    #expect(duration < Self.limit)
  }

  @Test func `Random bytes never trap and never accept what is not named`() {
    var generator = SeededGenerator(seed: 0x9110)
    let alphabet = Array("gzipxdeflat-*;,=q01.5 \t\"\\\u{E9}".utf8)
    for _ in 0..<20_000 {
      let length = Int.random(in: 0...40, using: &generator)
      let bytes = (0..<length).map { _ in
        Bool.random(using: &generator)
          ? alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
          : UInt8.random(in: 0...255, using: &generator)
      }
      let value = String(decoding: bytes, as: UTF8.self)
      let acceptEncoding = AcceptEncoding(fieldValues: [value])
      let quality = acceptEncoding.quality(of: .gzip)
      #expect((0...1000).contains(quality.thousandths))
      if quality.isAcceptable {
        #expect(value.lowercased().contains("gzip") || value.contains("*"), "\(value)")
      }
      _ = acceptEncoding.preferredCoding(among: [.gzip, .deflate])
      _ = QualityValue(value)
      _ = ContentCoding(value)
      _ = MediaTypePattern(value)
      _ = MediaTypeSet.compressible.contains(value)
    }
  }
}
