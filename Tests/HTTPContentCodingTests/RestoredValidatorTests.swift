import HTTPContentCoding
import HTTPTypes
import Testing

/// A route receives its own tags.
@Suite struct RestoredValidatorTests {
  private func restored(
    _ fields: HTTPFields, offering codings: [ContentCoding] = [.gzip, .deflate]
  ) -> HTTPFields {
    let request = HTTPRequest(
      method: .get, scheme: "https", authority: "a", path: "/", headerFields: fields)
    let changed = request.restoringValidators(offering: codings)
    var copy = fields
    #expect(copy.restoreValidators(offering: codings) == (changed != request))
    #expect(copy == changed.headerFields)
    return changed.headerFields
  }

  static let tags: [(String, String)] = [
    ("W/\"v1--gzip\"", "\"v1\""), ("W/\"v1--deflate\"", "\"v1\""),
    ("\"v0\", W/\"v1--gzip\"", "\"v0\", \"v1\""),
    ("W/\"v1--gzip\" ,\tW/\"v2--gzip\",", "\"v1\", \"v2\""),
    ("\"v1\", W/\"v1--gzip\"", "\"v1\""), ("W/\"v1--gzip\", \"v1\"", "\"v1\""),
    ("W/\"v1--gzip\", W/\"v1--deflate\"", "\"v1\""),
    ("W/\"a,b--gzip\", W/\"c\"", "\"a,b\", W/\"c\""),
    ("W/\"--gzip\"", "\"\""), ("W/\"v1--gzip--gzip\"", "\"v1--gzip\""),
    ("W/\"v\u{E9}--gzip\"", "\"v\u{E9}\""), ("x, W/\"v1--gzip\"", "x, \"v1\""),
  ]

  @Test(arguments: tags)
  func `A tag that a coding has made is replaced by the route's`(sent: String, seen: String) {
    for name in [HTTPField.Name.ifNoneMatch, .ifMatch] {
      #expect(restored([name: sent]) == [name: seen])
    }
  }

  @Test(arguments: [
    "*", "\"v1\"", "W/\"v1\"", "\"v1--gzip\"", "W/\"v1--br\"", "W/\"v1-gzip\"", "W/\"v1--GZIP\"",
    "w/\"v1--gzip\"", "W/v1--gzip", "W/\"v1--gzip", "W/ \"v1--gzip\"", "W/\"gzip\"", "W/\"-gzip\"",
    "",
    ",,", "\"", "W/\"v1--identity\"", "W/\"v1\"--gzip\"",
  ])
  func `Other tags stay as they are`(value: String) {
    let fields: HTTPFields = [.ifNoneMatch: value, .ifMatch: value]
    let codings: [ContentCoding] = [.identity, .gzip, .deflate]
    #expect(restored(fields, offering: codings) == fields)
  }

  @Test func `A coding that isn't on offer has made nothing`() {
    let fields: HTTPFields = [.ifNoneMatch: "W/\"v1--gzip\"", .range: "bytes=0-1", .ifRange: "x"]
    #expect(restored(fields, offering: []) == fields)
    #expect(restored([.ifNoneMatch: "W/\"v1--gzip\""], offering: [.deflate]).count == 1)
  }

  @Test func `Each line of several is restored`() {
    var fields: HTTPFields = [:]
    for value in ["\"v0\"", "W/\"v1--gzip\"", "W/\"v2--deflate\", \"v3\""] {
      fields.append(HTTPField(name: .ifNoneMatch, value: value))
    }
    #expect(
      restored(fields)[values: .ifNoneMatch] == ["\"v0\"", "\"v1\"", "\"v2\", \"v3\""])
  }

  static let ranges: [(ifRange: String, acceptEncoding: String?, isSeen: Bool)] = [
    ("\"v1\"", "gzip", false), ("\"v1\"", nil, true), ("\"v1\"", "", true),
    ("\"v1\"", "gzip;q=0", true), ("\"v1\"", "br", true), ("\"v1\"", "*", false),
    ("Sat, 28 Nov 2026 10:00:00 GMT", "gzip", false), ("Sat, 28 Nov 2026 10:00:00 GMT", nil, true),
    ("W/\"v1--gzip\"", nil, false), ("W/\"v1--gzip\"", "gzip;q=0", false),
    ("W/\"v1--br\"", nil, true), ("W/\"v1\"", nil, true),
  ]

  @Test(arguments: ranges)
  func `Ranges of two representations aren't mixed, RFC 9110 §13.1.5`(
    ifRange: String, acceptEncoding: String?, isSeen: Bool
  ) {
    var fields: HTTPFields = [.ifRange: ifRange, .range: "bytes=100-"]
    fields[.acceptEncoding] = acceptEncoding
    let seen = restored(fields)
    #expect(seen.contains(.range) == isSeen && seen.contains(.ifRange) == isSeen)
    #expect(seen[.acceptEncoding] == acceptEncoding)
  }

  @Test(
    arguments: [
      ("W/\"v1--gzip\"", false), ("\"x\", W/\"v1--gzip\"", false), ("\"v1\"", true),
      ("W/\"v1--br\"", true), ("*", true),
    ], [nil, "gzip", "identity"])
  func `A range of what a coding has made isn't the route's, RFC 9110 §13.1.1`(
    ifMatch: (value: String, isRangeSeen: Bool), acceptEncoding: String?
  ) {
    var fields: HTTPFields = [.ifMatch: ifMatch.value, .range: "bytes=60-"]
    fields[.acceptEncoding] = acceptEncoding
    #expect(restored(fields).contains(.range) == ifMatch.isRangeSeen)
  }

  @Test func `Range alone, and If-Range alone, are the route's`() {
    let range: HTTPFields = [.range: "bytes=0-1", .acceptEncoding: "gzip"]
    #expect(restored(range) == range)
    let ifRange: HTTPFields = [.ifRange: "\"v1\"", .acceptEncoding: "gzip"]
    #expect(restored(ifRange) == ifRange)
  }

  /// A cache sends the tags of everything it has stored (RFC 9111 §4.3.1), and hands out what a 304
  /// names.
  @Test(arguments: [
    ("identity", false), ("gzip;q=0", false), ("deflate", false), ("*;q=0", false), ("gzip", true),
    ("*", true), ("br, gzip;q=0.1", true), ("", false),
  ])
  func `A tag of a coding that the client refuses stays`(acceptEncoding: String, changes: Bool) {
    let sent: HTTPFields = [
      .ifNoneMatch: "W/\"v1--gzip\"", .ifMatch: "W/\"v1--gzip\"", .acceptEncoding: acceptEncoding,
    ]
    let seen = restored(sent)
    #expect(seen[.ifNoneMatch] == (changes ? "\"v1\"" : sent[.ifNoneMatch]))
    #expect(seen[.ifMatch] == "\"v1\"")
  }

  @Test(.timeLimit(.minutes(1))) func `A long list is read once`() {
    let same = String(repeating: "W/\"v1--gzip\",", count: 10_000)
    // A pass over the list for each of these tags would take several minutes.
    let different = (0..<50_000).map { "W/\"\($0)--gzip\"," }.joined()
    for list in [same + String(repeating: "\"", count: 50_001), different] {
      #expect(restored([.ifNoneMatch: list])[.ifNoneMatch] != list)
    }
  }
}
