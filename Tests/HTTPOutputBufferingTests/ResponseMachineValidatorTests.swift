import GzipContentCoding
import HTTPContentCoding
import HTTPOutputBuffering
import HTTPTypes
import Testing

/// The tag of a 304 is the client's (RFC 9110 §15.4.5).
@Suite struct ResponseMachineValidatorTests {
  private func entityTag(
    status: HTTPResponse.Status = .notModified, ifNoneMatch: [String], acceptEncoding: String?,
    tag: String = "\"v1\"", passes: Bool = false
  ) throws -> String? {
    let head = HTTPResponse(status: status, headerFields: [.eTag: tag, .acceptRanges: "bytes"])
    var machine = ResponseMachine(
      request: RequestMetadata(
        method: .get,
        acceptEncoding: AcceptEncoding(fieldValues: acceptEncoding.map { [$0] } ?? []),
        ifNoneMatch: ifNoneMatch),
      head: head, settings: ResponseSettings(codings: [.gzip(), .deflate()]))
    let fields: HTTPFields?
    if passes {
      fields = machine.passThrough(bodyByteCount: 0)?.head.response.headerFields
    } else {
      try machine.finish()
      fields = machine.takeOutput().head?.response.headerFields
    }
    if status == .notModified, let sent = fields?[.eTag] {
      #expect(fields?.contains(.acceptRanges) == !sent.contains("--"))
    }
    return fields?[.eTag]
  }

  static let answers: [([String], String?, String)] = [
    (["W/\"v1--gzip\""], "gzip", "W/\"v1--gzip\""), (["W/\"v1--gzip\""], nil, "W/\"v1--gzip\""),
    (["W/\"v1--gzip\""], "deflate", "W/\"v1--deflate\""),
    (["\"v1\""], "gzip", "\"v1\""), (["\"v1\""], nil, "\"v1\""),
    (["W/\"v1\""], "gzip", "W/\"v1\""),
    (["\"v1\", W/\"v1--gzip\""], "gzip", "W/\"v1--gzip\""),
    (["\"v1\", W/\"v1--gzip\""], nil, "\"v1\""),
    (["W/\"v1--gzip\"", "\"v1\""], "gzip;q=0", "\"v1\""),
    (["W/\"v1--gzip\"", "W/\"v1--deflate\""], "deflate", "W/\"v1--deflate\""),
    (["*"], "gzip", "W/\"v1--gzip\""), (["*"], nil, "\"v1\""), ([], "gzip", "W/\"v1--gzip\""),
    (["W/\"v0--gzip\", \"v2\""], "gzip", "W/\"v1--gzip\""),
    (["W/\"v1--br\""], nil, "\"v1\""),
  ]

  @Test(arguments: answers)
  func `a 304 has the tag that the client has`(
    ifNoneMatch: [String], acceptEncoding: String?, expected: String
  ) throws {
    for passes in [false, true] {
      #expect(
        try entityTag(
          ifNoneMatch: ifNoneMatch, acceptEncoding: acceptEncoding, passes: passes) == expected)
    }
  }

  @Test func `a weak tag of the route stays as it is`() throws {
    for ifNoneMatch in [["W/\"v1\""], ["W/\"v1--gzip\""], []] {
      #expect(
        try entityTag(ifNoneMatch: ifNoneMatch, acceptEncoding: nil, tag: "W/\"v1\"") == "W/\"v1\"")
    }
  }

  @Test func `a 412 has the tag that the client has, where it has one`() throws {
    let status = HTTPResponse.Status.preconditionFailed
    let ours = ["W/\"v1--gzip\""]
    #expect(try entityTag(status: status, ifNoneMatch: ours, acceptEncoding: nil) == ours[0])
    #expect(try entityTag(status: status, ifNoneMatch: [], acceptEncoding: nil) == "\"v1\"")
  }

  @Test func `another status has the tag of what it sends`() throws {
    let tag = try entityTag(status: .ok, ifNoneMatch: ["W/\"v1--gzip\""], acceptEncoding: nil)
    #expect(tag == "\"v1\"")
  }
}
