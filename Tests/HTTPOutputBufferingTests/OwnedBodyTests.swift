import GzipContentCoding
import HTTPContentCoding
@testable import HTTPOutputBuffering
import HTTPTypes
import OutputBufferingTestSupport
import OutputBufferingTesting
import Testing

/// Bodies whose storage moves through the machine and into an adapter.
@Suite struct OwnedBodyTests {
  static let page = Array(String(repeating: "It was the best of times. ", count: 400).utf8)

  private static func address(_ bytes: ContiguousArray<UInt8>) -> UInt {
    unsafe bytes.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
  }

  @Test func `a page that isn't coded goes out in the storage it was written in`() throws {
    let fixture = MachineFixture(acceptEncoding: nil)
    var page = ContiguousArray(Self.page)
    let address = Self.address(page)
    try fixture.machine.write(taking: &page)
    #expect(page.isEmpty)
    try fixture.machine.finish()
    let output = fixture.takeOutput()
    #expect(Self.address(output.body) == address)
    #expect(Array(output.body) == Self.page)
  }

  @Test func `bytes after others are appended to them`() throws {
    let fixture = MachineFixture()
    try fixture.write(.big)
    var page = ContiguousArray(Self.page)
    try fixture.machine.write(taking: &page)
    try fixture.finish()
    #expect(fixture.client.content == Array(String.big.utf8) + Self.page)
  }

  @Test func `an event that is handed over leaves at once`() throws {
    let fixture = MachineFixture(contentType: "text/event-stream")
    var event = ContiguousArray("data: 1\n\n".utf8)
    try fixture.machine.write(taking: &event)
    #expect(fixture.isOutputDue && !fixture.isOpen)
  }

  @Test func `a body of another length than was said is refused as a whole`() throws {
    let fixture = MachineFixture()
    fixture.machine.expect(bodyByteCount: 5)
    var page = ContiguousArray(Self.page)
    #expect(code { try fixture.machine.write(taking: &page) } == .declaredLengthExceeded)
    #expect(fixture.byteCountIn == 0 && page.count == Self.page.count)
  }

  @Test(arguments: [1, 1000, .max])
  func `a body that an adapter keeps is coded whole, in parts`(byteCount: Int) throws {
    let fixture = MachineFixture()
    var result = ResponseMachine.WholeBody.coding
    var callCount = 0
    while case .coding = result {
      #expect(fixture.isOpen && !fixture.isOutputDue)
      result = try fixture.machine.finish(
        keeping: Self.page.span, trailers: nil, coding: byteCount)
      callCount += 1
    }
    let expected = byteCount == .max ? 1 : (Self.page.count + byteCount - 1) / byteCount
    #expect(callCount == expected && result == .done)
    try fixture.send()
    #expect(fixture.client.contentEncoding == "gzip" && fixture.client.isComplete)
    #expect(fixture.client.content == Self.page)
    #expect(fixture.byteCountIn == Self.page.count && fixture.gzip.pool.liveCount == 0)
  }

  @Test func `a body that coding doesn't make smaller follows as it is`() throws {
    var random = SeededGenerator(seed: 7)
    let noise = (0..<5000).map { _ in UInt8.random(in: 0...255, using: &random) }
    let fixture = MachineFixture()
    let result = try fixture.machine.finish(keeping: noise.span, trailers: nil, coding: .max)
    #expect(result == .identity)
    let output = fixture.takeOutput()
    #expect(output.head?.framing == .contentLength(5000) && output.body.isEmpty)
    #expect(output.end == .complete(trailers: nil))
  }

  @Test func `a kept body that is longer than what is coded whole is streamed`() throws {
    let fixture = MachineFixture {
      $0.maximumWholeBytes = 100
      $0.maximumBufferedBytes = 100
    }
    let result = try fixture.machine.finish(keeping: Self.page.span, trailers: nil, coding: 10)
    #expect(result == .stream && !fixture.isOpen)
    try fixture.write(Self.page)
    try fixture.finish()
    #expect(fixture.client.content == Self.page && fixture.client.isComplete)
  }

  @Test(arguments: [HTTPResponse.Status.noContent, .notModified])
  func `a kept body has no place after a final head`(status: HTTPResponse.Status) throws {
    let fixture = MachineFixture(status: status)
    let result = try fixture.machine.finish(keeping: Self.page.span, trailers: nil, coding: .max)
    #expect(result == .done && fixture.discardedByteCount == Self.page.count)
    try fixture.send()
    #expect(fixture.client.content.isEmpty)
  }
}

/// Heads that an adapter keeps in its own type: the decisions are those for the same head in HTTP
/// types.
@Suite struct HeadElsewhereTests {
  static let heads: [HTTPFields] = [
    [.contentType: "text/html"],
    [.contentType: "text/html", .contentLength: "6200", .vary: "Cookie", .eTag: "\"v1\""],
    [.contentType: "image/png", .acceptRanges: "bytes"],
    [.contentType: "application/grpc+proto"],
    [.contentType: "TEXT/HTML ; q=1", .vary: "*", .acceptRanges: "bytes"],
    [.contentType: "text/html", .cacheControl: "private=\"no-transform\", max-age=1"],
    [.contentType: "text/html", .cacheControl: "No-Transform"],
    [.contentType: "text/html", .contentEncoding: "identity"],
    [.contentType: "text/html", .contentEncoding: "br, identity"],
    [.contentType: "text/html", .connection: "close, x-hop", .transferEncoding: "chunked"],
    [.contentType: "text/html", .trailer: "Content-Digest"],
    [.contentType: "text/html", .contentLength: "62 00"],
    [:],
  ]

  @Test(arguments: heads, [HTTPProtocolVersion.http1_0, .http1_1, .http2])
  func `are committed as others are`(fields: HTTPFields, version: HTTPProtocolVersion) throws {
    for method in [HTTPRequest.Method.get, .head] {
      for status in [HTTPResponse.Status.ok, .notModified, .noContent, .partialContent] {
        let request = RequestMetadata(
          method: method, version: version,
          acceptEncoding: AcceptEncoding(fieldValues: ["gzip"]), ifNoneMatch: ["W/\"v1--gzip\""])
        let settings = ResponseSettings(codings: [.gzip()], explainsDecision: true)
        let head = HTTPResponse(status: status, headerFields: fields)
        var whole = ResponseMachine(request: request, head: head, settings: settings)
        let facts = HeadFacts(fields)
        let examined = ExaminedHead(status, facts, answering: request, settings: settings)
        var kept = ResponseMachine(examined, settings: settings)
        let results = (
          code { try whole.finish(with: Array(String.big.utf8).span) },
          code { try kept.finish(with: Array(String.big.utf8).span) }
        )
        #expect(results.0 == results.1)
        let (expected, output) = (whole.takeOutput(), kept.takeOutput())
        var edited = fields
        if let commit = kept.headCommit { edited.apply(commit.edits, facts) }
        #expect(expected.head?.framing == output.head?.framing)
        if let expected = expected.head { #expect(edited == expected.response.headerFields) }
        #expect(expected.body == output.body && expected.end == output.end)
      }
    }
  }

  @Test func `a length is sent without zeros in front`() throws {
    let fixture = MachineFixture(acceptEncoding: nil)
    try fixture.set(.contentLength, "006200")
    try fixture.write(.big)
    try fixture.finish()
    #expect(fixture.client.field(.contentLength) == "6200")
  }

  @Test func `a refused response is another head`() throws {
    var settings = ResponseSettings(codings: [.gzip()])
    settings.policy.refusesUnacceptable = true
    let request = RequestMetadata(
      method: .get, acceptEncoding: AcceptEncoding(fieldValues: ["identity;q=0, br"]))
    let facts = HeadFacts([.contentType: "text/html"] as HTTPFields)
    var machine = ResponseMachine(
      ExaminedHead(.ok, facts, answering: request, settings: settings), settings: settings)
    try machine.finish(with: Array(String.big.utf8).span)
    let isRefused = machine.decision?.isRefused
    #expect(isRefused == true)
    var fields = HTTPFields()
    let commit = machine.headCommit
    if let commit { fields.apply(commit.edits, HeadFacts()) }
    #expect(fields == [.vary: "Accept-Encoding", .contentLength: "0"])
  }
}
