import HTTPContentCoding
import HTTPTypes
import Testing

@Suite struct AcceptEncodingTests {
  /// The choice of a server that offers gzip and deflate, in this order.
  private func preferred(_ fieldValues: String...) -> ContentCoding? {
    AcceptEncoding(fieldValues: fieldValues).preferredCoding(among: [.gzip, .deflate])
  }

  @Test(arguments: [
    "gzip", "GZIP", "Gzip", "x-gzip", "br, gzip", "identity, gzip", "gzip, deflate, br",
    "deflate, gzip", ",gzip", "gzip,", ", ,\t,gzip , ,",
  ])
  func `Codings are case-insensitive members of a list, RFC 9110 §8.4.1, §5.6.1`(value: String) {
    #expect(preferred(value) == .gzip)
  }

  @Test(arguments: [
    "gzip;q=0.5", "gzip; q=0.5", "gzip ;q=0.5", "gzip\t;\tq=0.5", " gzip\t; q=0.5 ,\tbr ;\tq=0.8\t",
    "gzip;Q=0.5", "gzip;q=1.", "gzip;q=0.001", "gzip;q=1.000",
  ])
  func `OWS surrounds the semicolon and q is case-insensitive, RFC 9110 §12.4.2`(value: String) {
    #expect(preferred(value) == .gzip)
  }

  @Test(arguments: [
    "", ", gzip;q=0.5, identity;q=0", ", *;q=0", ", deflate", ", *;q=0.2, gzip;q=0",
  ])
  func `What is kept of a long field says the same of the codings that are asked for`(rest: String)
  {
    let names = (0..<1000).map { "c\($0)" }.joined(separator: ",")
    let whole = AcceptEncoding(fieldValues: [names + rest])
    var narrowed = whole
    narrowed.narrow(to: [.gzip, .deflate])
    for coding in [ContentCoding.gzip, .deflate, .identity] {
      #expect(narrowed.quality(of: coding) == whole.quality(of: coding))
    }
    #expect(narrowed != whole)
    let short = AcceptEncoding(fieldValues: ["gzip, deflate, br, zstd"])
    var narrowedShort = short
    narrowedShort.narrow(to: [.gzip])
    #expect(narrowedShort == short)
  }

  @Test(arguments: [
    "gzip;q=0", "gzip;q=0.", "gzip;q=0.0", "gzip;q=0.000", "gzip;q=0, br", "gzip; Q=0",
  ])
  func `Weight 0 forbids the coding, RFC 9110 §12.4.2`(value: String) {
    #expect(preferred(value) == .identity)
  }

  @Test(arguments: [
    "gzip;q=abc", "gzip;q=1.5", "gzip;q=-1", "gzip;q=0.5000", "gzip;q=", "gzip;q", "gzip;",
    "gzip;;q=1", "gzip;q =0.5", "gzip;q= 0.5", "gzip;q=.5", "gzip;q=00.5", "gzip;q=NaN",
    "gzip;q=\"1\"", "gzip;q=1;", "gzip q=1", "gzip=1", "gzip deflate;q=0", "gzip/1",
    "gzip;\u{E9}=1",
  ])
  func `A malformed weight counts as a refusal, RFC 9110 §12.4.2`(value: String) {
    #expect(preferred(value) == .identity)
    #expect(AcceptEncoding(fieldValues: [value]).quality(of: .gzip) == .notAcceptable)
  }

  @Test(arguments: [
    "gzip;q=0.5;foo=1", "gzip;q=1;foo", "gzip ; q=1 ; foo=1;\tbar=2", "gzip;q=1;qq=0",
  ])
  func `What follows a weight is ignored`(value: String) {
    #expect(preferred(value) == .gzip)
  }

  @Test(arguments: [
    "gzip;foo=1", "gzip;foo=1;q=1", "gzip;level=1", "gzip;qq=1", "gzip;q=1;q=1", "gzip;q=1;foo=",
    "gzip;q=0;foo=1", "gzip;q=1;=1", "gzip;q=1;foo=1 bar",
  ])
  func `The field has no parameter but the weight, RFC 9110 §12.5.3`(value: String) {
    #expect(preferred(value) == .identity)
  }

  @Test func `A malformed wildcard or identity is refused like any other member`() {
    #expect(preferred("*;q=x") == nil)
    #expect(preferred("identity;q=x, gzip;q=0.1") == .gzip)
  }

  @Test(arguments: ["gzipfoo", "xgzip", "gzip-9", "gzip2", "compress", "unknown", "br", "zstd"])
  func `Codings are whole tokens, RFC 9110 §5.6.2`(value: String) {
    #expect(preferred(value) == .identity)
  }

  @Test(arguments: [";q=1", ",", ";", "=", "\"", "/", "(gzip)", "\u{E9}", "\u{1F5DC}, \u{E9};q=1"])
  func `What does not begin with a token is passed over`(value: String) {
    #expect(preferred(value) == .identity)
    #expect(preferred(value + ", gzip") == (value == "\"" ? .identity : .gzip))
  }

  @Test func `An empty field asks for no coding and an absent one for nothing, RFC 9110 §12.5.3`() {
    let empty = AcceptEncoding(fieldValues: [""])
    #expect(empty.isFieldPresent)
    #expect(empty.quality(of: .gzip) == .notAcceptable)
    #expect(empty.isIdentityAcceptable)

    let absent = AcceptEncoding(fieldValues: [])
    #expect(!absent.isFieldPresent)
    #expect(absent.quality(of: .gzip) == .mostPreferred)
    #expect(absent.isIdentityAcceptable)
    #expect(absent != empty)
  }

  @Test func `The wildcard matches what is not named, RFC 9110 §12.5.3`() {
    #expect(preferred("*") == .gzip)
    #expect(preferred("*;q=0.5") == .gzip)
    #expect(preferred("gzip;q=0, *") == .deflate)
    #expect(preferred("*, gzip;q=0") == .deflate)
    #expect(preferred("gzip;q=0, deflate;q=0, *") == .identity)
    #expect(preferred("deflate;q=0.9, *;q=0.1") == .deflate)
    #expect(preferred("*;q=0, gzip") == .gzip)
    #expect(preferred("*;q=0, deflate;q=0.1") == .deflate)
  }

  @Test(arguments: [
    ("gzip", true), ("identity;q=0", false), ("*;q=0", false), ("*;q=0, identity", true),
    ("*;q=0, identity;q=0.001", true), ("identity;q=0, *", false), ("IDENTITY;q=0", false),
    ("", true),
  ])
  func `Only a refusal by name or by wildcard excludes identity, RFC 9110 §12.5.3`(
    value: String, isAcceptable: Bool
  ) {
    #expect(AcceptEncoding(fieldValues: [value]).isIdentityAcceptable == isAcceptable)
  }

  @Test func `Nothing is acceptable if the client refuses everything, RFC 9110 §12.5.3`() {
    #expect(preferred("*;q=0") == nil)
    #expect(preferred("identity;q=0") == nil)
    #expect(preferred("identity;q=0, br") == nil)
    #expect(preferred("identity;q=0, gzip") == .gzip)
  }

  @Test func `Identity is chosen where its weight is higher, RFC 9110 §12.4.2`() {
    #expect(preferred("identity;q=1, gzip;q=0.5") == .identity)
    #expect(preferred("identity;q=0.5, gzip;q=0.5") == .gzip)
    #expect(preferred("identity;q=0.4, gzip;q=0.5") == .gzip)
    #expect(preferred("gzip;q=0.5, deflate;q=0.5, *;q=0.8") == .identity)
  }

  @Test func `The highest weight wins and the server's order breaks ties, RFC 9110 §12.5.3`() throws
  {
    #expect(preferred("gzip;q=0.5, deflate;q=0.8") == .deflate)
    #expect(preferred("deflate, gzip") == .gzip)
    let both = AcceptEncoding(fieldValues: ["gzip, deflate"])
    #expect(both.preferredCoding(among: [.deflate, .gzip]) == .gzip, "the ruling for deflate")
    let three = AcceptEncoding(fieldValues: ["gzip, deflate, br"])
    let br = try #require(ContentCoding("br"))
    #expect(three.preferredCoding(among: [br, .deflate, .gzip]) == br)
    #expect(three.preferredCoding(among: [.deflate, br, .gzip]) == .gzip)
    #expect(both.preferredCoding(among: [.identity, .gzip]) == .gzip)
    #expect(both.preferredCoding(among: []) == .identity)
  }

  @Test(arguments: [
    ("gzip, deflate, br, zstd", "zstd"), ("gzip, deflate, br", "br"), ("gzip, deflate", "gzip"),
    ("ZSTD, Br", "zstd"), ("BR", "br"), ("zstd;q=0.5, br;q=0.9, gzip;q=0.7", "br"),
    ("gzip;q=1, zstd;q=0.999, br;q=0.999", "gzip"), ("*", "zstd"), ("zstd;q=0, *", "br"),
    ("zstd;q=0, br;q=0, *;q=0.1", "gzip"), ("brotli, zstandard", "identity"),
    ("zstd, zstd;q=0", "identity"), ("br;q=x, gzip;q=0.1", "gzip"),
    ("identity, zstd;q=0.9", "identity"), ("identity;q=0, br", "br"), ("x-zstd, zst", "identity"),
  ])
  func `zstd before brotli before gzip, where the client leaves it to the server`(
    value: String, coding: String
  ) {
    let preferred = AcceptEncoding(fieldValues: [value])
      .preferredCoding(among: [.zstd, .brotli, .gzip])
    #expect(preferred?.name == coding)
  }

  @Test(arguments: ["gzip, gzip;q=0", "gzip;q=0, gzip", "gzip, x-gzip;q=0", "gzip, GZIP;q=x"])
  func `Of two entries for one coding the refusal wins`(value: String) {
    #expect(preferred(value) == .identity)
  }

  @Test func `Of two weights for one coding the lower counts`() {
    let acceptEncoding = AcceptEncoding(fieldValues: ["gzip;q=0.5, gzip;q=0.8", "*;q=0.3, *;q=0.2"])
    #expect(acceptEncoding.quality(of: .gzip).thousandths == 500)
    #expect(acceptEncoding.quality(of: .deflate).thousandths == 200)
  }

  @Test func `Several field lines are one list, RFC 9110 §5.3`() {
    #expect(preferred("br", "gzip") == .gzip)
    #expect(preferred("gzip", "gzip;q=0") == .identity)
    #expect(preferred("", "gzip") == .gzip)
    var fields = HTTPFields()
    fields.append(HTTPField(name: .acceptEncoding, value: "deflate;q=0.2"))
    fields.append(HTTPField(name: .accept, value: "gzip"))
    fields.append(HTTPField(name: .acceptEncoding, value: "br, gzip;q=0.1"))
    #expect(AcceptEncoding(fields).quality(of: .deflate).thousandths == 200)
    #expect(AcceptEncoding(fields).quality(of: .gzip).thousandths == 100)
    #expect(!AcceptEncoding(HTTPFields()).isFieldPresent)
  }

  @Test func `Preferences that say the same are equal whatever their order`() {
    #expect(
      AcceptEncoding(fieldValues: ["gzip, br;q=0.5"])
        == AcceptEncoding(fieldValues: ["BR ; q=0.50", "x-gzip;q=1.0"]))
  }

  /// U+037E and U+212A are canonically equivalent to `;` and `K`, and Swift's strings to theirs.
  @Test(arguments: [
    ["gzip;q=1", "gzip\u{37E}q=1"], ["gzip\u{37E}q=1", "gzip;q=1"],
    ["k, *;q=0", "\u{212A}, *;q=0"], ["", " ", "gzip"], ["gzip", "GZIP", "gzip;q=0"],
    ["e\u{301};gzip", "\u{E9}\u{37E}gzip", "gzip"],
  ])
  func `A connection's last value stands only for itself`(values: [String]) {
    var last = AcceptEncoding.Last()
    for value in values + values.reversed() {
      #expect(last.read(value) == AcceptEncoding(fieldValues: [value]))
    }
  }
}
