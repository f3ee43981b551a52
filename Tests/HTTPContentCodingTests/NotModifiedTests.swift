import HTTPContentCoding
import HTTPTypes
import Testing

/// A 304 has the fields that the 200 would have had (RFC 9110 §15.4.5).
@Suite struct NotModifiedTests {
  private func notModified(
    acceptEncoding: String? = "gzip",
    _ fields: HTTPFields,
    mode: CompressionMode? = nil
  ) -> PolicyCase {
    PolicyCase(
      status: .notModified, acceptEncoding: acceptEncoding, fields: fields, mode: mode,
      body: .exactly(0))
  }

  @Test(arguments: [[:], [.contentType: "text/html"]] as [HTTPFields])
  func `It carries the weak tag and Vary of a coded 200, and no coding`(fields: HTTPFields) {
    var policyCase = notModified(fields)
    policyCase.fields[.eTag] = "\"v1\""
    policyCase.fields[.acceptRanges] = "bytes"
    #expect(policyCase.decision.coding == nil)
    #expect(policyCase.decision.reason == .statusWithoutBody)
    let edited = policyCase.edited
    #expect(edited[.eTag] == "W/\"v1--gzip\"")
    #expect(edited[.vary] == "Accept-Encoding")
    #expect(!edited.contains(.contentEncoding))
    #expect(!edited.contains(.acceptRanges))
  }

  @Test(arguments: [nil, "br", "gzip;q=0", "identity, gzip;q=0.5"] as [String?])
  func `It keeps the strong tag if the 200 would not be coded for this client`(
    acceptEncoding: String?
  ) {
    let edited = notModified(acceptEncoding: acceptEncoding, [.eTag: "\"v1\""]).edited
    #expect(edited[.eTag] == "\"v1\"")
    #expect(edited[.vary] == "Accept-Encoding")
  }

  @Test func `It is as its 200 where its type says that it is never coded`() {
    let fields: HTTPFields = [.contentType: "image/png", .eTag: "\"v1\""]
    #expect(notModified(fields).edited.lines == fields.lines)
    let off: HTTPFields = [.eTag: "\"v1\""]
    #expect(notModified(off, mode: .off).edited.lines == off.lines)
  }

  @Test(arguments: [
    ("1023", "\"v1\""), ("1024", "W/\"v1--gzip\""), ("0", "\"v1\""), ("x", "W/\"v1--gzip\""),
  ])
  func `It knows the size of its 200 if it declares it, RFC 9110 §8.6`(
    contentLength: String, eTag: String
  ) {
    let edited = notModified([.eTag: "\"v1\"", .contentLength: contentLength]).edited
    #expect(edited[.eTag] == eTag)
    #expect(edited.contains(.contentLength) == (eTag == "\"v1\""), "a coded 200 has another length")
    #expect(edited[.vary] == "Accept-Encoding")
  }

  @Test func `The tag and Vary are those of the 200`() {
    for acceptEncoding in ["gzip", "br", "*;q=0, gzip", nil] {
      let fields: HTTPFields = [.contentType: "text/html", .eTag: "\"v1\"", .vary: "Origin"]
      let ok = PolicyCase(acceptEncoding: acceptEncoding, fields: fields).edited
      let edited = notModified(acceptEncoding: acceptEncoding, fields).edited
      #expect(edited[.eTag] == ok[.eTag])
      #expect(edited[.vary] == ok[.vary])
    }
  }
}
