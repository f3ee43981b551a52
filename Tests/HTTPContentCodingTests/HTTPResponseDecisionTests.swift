import HTTPContentCoding
import HTTPTypes
import Testing

/// The effect of a decision on the head.
@Suite struct HTTPResponseDecisionTests {
  private static let html: HTTPFields = [.contentType: "text/html"]

  private func edited(_ name: HTTPField.Name, _ values: [String]) -> [String] {
    var policyCase = PolicyCase(fields: Self.html)
    policyCase.fields[values: name] = values
    return policyCase.edited[values: name]
  }

  @Test func `A coded response names its coding and loses the length of the uncoded body`() {
    var policyCase = PolicyCase()
    policyCase.fields[.contentLength] = "6200"
    policyCase.fields[.acceptRanges] = "bytes"
    let fields = policyCase.edited
    #expect(fields[values: .contentEncoding] == ["gzip"])
    #expect(!fields.contains(.contentLength), "RFC 9110 §8.6")
    #expect(!fields.contains(.acceptRanges), "RFC 9110 §14.3")
    #expect(fields[.vary] == "Accept-Encoding", "RFC 9110 §12.5.5")
  }

  @Test(arguments: [nil, "br", "identity;q=1, gzip;q=0.5"] as [String?])
  func `An identity response keeps its fields and varies, RFC 9110 §12.5.5`(acceptEncoding: String?)
  {
    var policyCase = PolicyCase(acceptEncoding: acceptEncoding)
    policyCase.fields[.contentLength] = "6200"
    policyCase.fields[.acceptRanges] = "bytes"
    policyCase.fields[.eTag] = "\"v1\""
    #expect(policyCase.edited.lines == policyCase.fields.lines + ["Vary: Accept-Encoding"])
  }

  @Test func `A small, an empty and a HEAD response vary too, RFC 9110 §12.5.5`() {
    #expect(PolicyCase(body: .exactly(10)).edited[.vary] == "Accept-Encoding")
    #expect(PolicyCase(body: .exactly(0)).edited[.vary] == "Accept-Encoding")
    let head = PolicyCase(method: .head, body: .atLeast(0)).edited
    #expect(head[.vary] == "Accept-Encoding")
    #expect(head[.contentEncoding] == "gzip")
  }

  @Test(arguments: [
    ([], ["Accept-Encoding"]),
    (["Origin"], ["Origin, Accept-Encoding"]),
    (["Origin", "Cookie"], ["Origin", "Cookie, Accept-Encoding"]),
    (["accept-encoding"], ["accept-encoding"]),
    (["Origin, ACCEPT-Encoding , Cookie"], ["Origin, ACCEPT-Encoding , Cookie"]),
    (["Accept-Encoding", "Origin"], ["Accept-Encoding", "Origin"]),
    (["*"], ["*"]),
    (["Origin", "*"], ["Origin", "*"]),
    (["X-Accept-Encoding"], ["X-Accept-Encoding, Accept-Encoding"]),
    (["Accept-Encoding-X"], ["Accept-Encoding-X, Accept-Encoding"]),
    ([""], ["Accept-Encoding"]),
    // A list of field names has no quoted strings: a stray quote hides nothing.
    (["\"Origin"], ["\"Origin, Accept-Encoding"]),
    (["\"Origin, Accept-Encoding"], ["\"Origin, Accept-Encoding"]),
    (["\"Origin, *"], ["\"Origin, *"]),
    (["Accept-Encoding=1"], ["Accept-Encoding=1, Accept-Encoding"]),
  ])
  func `Vary is merged as a list, RFC 9110 §12.5.5`(before: [String], after: [String]) {
    #expect(edited(.vary, before) == after)
  }

  @Test(arguments: [
    ("\"v1\"", "W/\"v1--gzip\""), ("W/\"v1\"", "W/\"v1\""), ("\"\"", "W/\"--gzip\""),
    ("\"a,b\"", "W/\"a,b--gzip\""), ("\"v\u{E9}\"", "W/\"v\u{E9}--gzip\""),
    ("\"v1--gzip\"", "W/\"v1--gzip--gzip\""),
  ])
  func `A strong entity tag becomes weak and names its coding, RFC 9110 §8.8.1`(
    before: String, after: String
  ) {
    #expect(edited(.eTag, [before]) == [after])
  }

  @Test(arguments: [
    "v1", "\"v1", "v1\"", "\"", "w/\"v1\"", "W/v1", "W/ \"v1\"", "\"a\"b\"", "\"a b\"", "",
  ])
  func `What is not an entity tag is not sent with coded bytes, RFC 9110 §8.8.3`(value: String) {
    #expect(edited(.eTag, [value]) == [])
  }

  @Test(arguments: ["image/png", "application/grpc"])
  func `What is never coded is left as it is`(contentType: String) {
    let fields: HTTPFields = [
      .contentType: contentType, .eTag: "\"v1\"", .contentLength: "6200", .acceptRanges: "bytes",
    ]
    #expect(PolicyCase(fields: fields).edited.lines == fields.lines)
  }

  @Test func `A range keeps all of its fields, RFC 9110 §15.3.7`() {
    let fields: HTTPFields = [
      .contentType: "text/html", .contentRange: "bytes 0-9/6200", .contentLength: "10",
      .acceptRanges: "bytes", .eTag: "\"v1\"",
    ]
    #expect(PolicyCase(status: .partialContent, fields: fields).edited.lines == fields.lines)
  }

  @Test(arguments: [["br"], ["gzip"], ["Br, gzip"], ["br", "gzip"]])
  func `A coding of the application is sent as it is, RFC 9110 §8.4`(values: [String]) {
    #expect(edited(.contentEncoding, values) == values)
  }

  @Test(arguments: [["identity, br"], ["br", "none"], ["Identity", "BR"]])
  func `What names no coding is not sent beside one that does, RFC 9110 §8.4.1`(values: [String]) {
    #expect(edited(.contentEncoding, values) == ["br"])
  }

  @Test(arguments: [["identity, \"br\""], ["br;q=1, none"], ["identity, b\" 1, b, \""]])
  func `A list that is none of tokens stays as it is`(values: [String]) {
    #expect(edited(.contentEncoding, values) == values)
  }

  @Test(arguments: [["identity"], ["none"], ["Identity", "none"], [""]])
  func `An opt-out is not sent, RFC 9110 §8.4.1`(values: [String]) {
    var policyCase = PolicyCase(acceptEncoding: nil)
    policyCase.fields[values: .contentEncoding] = values
    #expect(!policyCase.edited.contains(.contentEncoding))
  }

  @Test func `Other fields keep their order and number`() {
    var policyCase = PolicyCase(fields: [:])
    policyCase.fields.append("Link", "<a>; rel=preload")
    policyCase.fields.append("Set-Cookie", "a=1")
    policyCase.fields.append("Content-Type", "text/html")
    policyCase.fields.append("Set-Cookie", "b=2")
    policyCase.fields.append("X-Unknown", "x")
    policyCase.fields.append("Link", "<b>; rel=preload")
    policyCase.fields.append("Trailer", "x-sum")
    #expect(
      policyCase.edited.lines
        == policyCase.fields.lines + ["Content-Encoding: gzip", "Vary: Accept-Encoding"])
  }

  @Test func `Applying a decision twice is the same as once`() {
    var policyCase = PolicyCase()
    policyCase.fields[.eTag] = "\"v1\""
    policyCase.fields[.vary] = "Origin"
    var response = policyCase.response
    let decision = policyCase.decision
    response.apply(decision)
    let once = response.headerFields
    response.apply(decision)
    #expect(response.headerFields == once)
  }

  @Test func `Identity after all leaves the entity tag strong`() {
    var policyCase = PolicyCase()
    policyCase.fields[.eTag] = "\"v1\""
    var response = policyCase.response
    response.apply(policyCase.decision.fallingBackToIdentity(because: .noSavings))
    #expect(response.headerFields.lines == policyCase.fields.lines + ["Vary: Accept-Encoding"])
  }
}
