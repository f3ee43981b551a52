import HTTPContentCoding
import HTTPTypes
import Testing

@Suite struct MediaTypeTests {
  @Test(arguments: [
    "text/html", "text/plain", "text/css", "text/event-stream", "text/x-whatever",
    "application/json", "application/problem+json", "application/ld+json", "application/xml",
    "application/rss+xml", "application/javascript", "application/wasm", "application/graphql",
    "application/manifest+json", "image/svg+xml", "image/x-icon", "font/ttf", "font/otf",
    "application/vnd.ms-fontobject", "application/x-ndjson", "model/gltf+json",
    "application/x-font-opentype", "application/yaml", "application/vnd.apple.mpegurl",
  ])
  func `Text under all its names is compressible`(contentType: String) {
    #expect(MediaTypeSet.compressible.contains(contentType))
  }

  @Test(arguments: [
    "image/png", "image/jpeg", "image/webp", "video/mp4", "audio/mpeg", "application/zip",
    "application/gzip", "application/pdf", "application/octet-stream", "font/woff", "font/woff2",
    "multipart/form-data", "application/epub+zip", "application/x-json", "textual/html",
    "application/jsonfoo", "application/json+zip",
  ])
  func `What is compressed already, or unknown, is not`(contentType: String) {
    #expect(!MediaTypeSet.compressible.contains(contentType))
  }

  @Test(arguments: [
    "text/html; charset=utf-8", "Text/HTML", "TEXT/HTML;CHARSET=\"utf-8\"", " text/html ",
    "text/html\t;\tq", "text/html;", "application/vnd.api+JSON; v=1", "text/html; a=\"b, c\"",
    "text/html; broken=\"",
  ])
  func `Case and parameters are ignored, RFC 9110 §8.3.1`(contentType: String) {
    #expect(MediaTypeSet.compressible.contains(contentType))
  }

  @Test(arguments: [
    "", " ", "text", "text/", "/html", "text//html", "text /html", "text/ html",
    "text/html, text/css",
    "text/html text/css", "\u{E9}/html", "te\u{212A}t/html", ";", "*", "\"text/html\"",
  ])
  func `What is not a media type is in no set`(contentType: String) {
    #expect(!MediaTypeSet([.init("*/*")].compactMap(\.self)).contains(contentType))
  }

  @Test(arguments: [
    ("text/*", "text/html", "application/text"), ("*+json", "image/a+json", "application/json"),
    ("application/json", "application/json", "application/x-json"),
    ("APPLICATION/Json", "application/json", "text/json"), ("*/*", "image/png", "image"),
    ("application/a+b", "application/a+b", "application/c+b"),
  ])
  func `A pattern matches a type, a suffix, one media type or any`(
    text: String, member: String, stranger: String
  ) throws {
    let pattern = try #require(MediaTypePattern(text))
    #expect(pattern.description == text.lowercased())
    #expect(MediaTypeSet([pattern]).contains(member))
    #expect(!MediaTypeSet([pattern]).contains(stranger))
  }

  @Test(arguments: [
    "", "*", "text", "text/", "/*", "*/json", "te*t/html", "text/h*", "*+", "*+js*n",
    "text/html;a=b",
    "text/html ", "text/**", "**/*",
  ])
  func `What is not a pattern is refused`(text: String) {
    #expect(MediaTypePattern(text) == nil)
  }

  @Test(
    arguments: [
      ("text/html; charset=utf-8", .text), ("application/json", .text), ("image/svg+xml", .text),
      ("Application/JavaScript", .text), ("font/ttf", .font), ("application/x-font-otf", .font),
      ("application/vnd.ms-fontobject", .font), ("application/wasm", .other),
      ("image/x-icon", .other), ("text", .other), ("", .other), (nil, .other),
    ] as [(String?, BodyDescription.Kind)])
  func `A media type says what kind of content it is`(
    contentType: String?, kind: BodyDescription.Kind
  ) {
    let body = BodyDescription(byteCount: nil, contentType: contentType, paddingByteCount: nil)
    #expect(body.kind == kind)
  }

  @Test func `A set can be built from another`() throws {
    let pattern = try #require(MediaTypePattern("application/x-tar"))
    var set = MediaTypeSet.compressible
    #expect(!set.contains("application/x-tar"))
    set.insert(pattern)
    #expect(set.contains("application/x-tar"))
    set.remove(pattern)
    #expect(set == .compressible)
    #expect(MediaTypeSet().patterns.isEmpty)
  }
}
