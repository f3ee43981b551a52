import GzipContentCoding
import HTTPContentCoding
import HTTPOutputBuffering
import HTTPTypes
import Testing

/// Methods, statuses and versions whose messages have special framing.
@Suite struct ResponseMachineStatusTests {
  @Test(arguments: [false, true])
  func `HEAD answers with the fields of GET and no content (RFC 9110 §9.3.2)`(isFlushed: Bool)
    throws
  {
    let head = MachineFixture(method: .head)
    let get = MachineFixture()
    for fixture in [head, get] {
      try fixture.set(.eTag, "\"v1\"")
      try fixture.set(.acceptRanges, "bytes")
      try fixture.write(.big)
      if isFlushed { try fixture.flush() }
      try fixture.finish()
    }
    #expect(head.client.head?.response == get.client.head?.response)
    #expect(head.client.head?.framing == .noContent)
    #expect(head.client.wireBytes.isEmpty && head.client.isComplete)
    #expect(head.client.field(.eTag) == "W/\"v1--gzip\"")
    #expect(head.client.field(.acceptRanges) == nil)
    #expect(head.discardedByteCount == String.big.utf8.count)
    #expect(head.byteCountIn == 0)
    #expect(head.gzip.pool.liveCount == 0)
  }

  @Test(
    arguments: [
      ("image/png", "5000", nil, "5000"), ("text/html", "5000", "gzip", nil),
      ("text/html", "10", nil, "10"), ("text/html", nil, nil, nil), ("image/png", nil, nil, nil),
    ] as [(String, String?, String?, String?)])
  func `HEAD without a body is described by its declared length (RFC 9110 §8.6)`(
    contentType: String, declared: String?, coding: String?, length: String?
  ) throws {
    for minimum in [0, 1024] where !(minimum == 0 && declared == "10") {
      let fixture = MachineFixture(method: .head, contentType: contentType) {
        $0.policy.minimumByteCount = minimum
      }
      try fixture.set(.contentLength, declared)
      try fixture.finish()
      #expect(fixture.client.contentEncoding == coding, "minimum \(minimum)")
      #expect(fixture.client.field(.contentLength) == length)
    }
  }

  @Test(arguments: ["gzip", nil])
  func `what GET would have isn't claimed where nothing tells (RFC 9110 §9.3.2)`(
    acceptEncoding: String?
  ) throws {
    for isFlushed in [false, true] {
      let fixture = MachineFixture(method: .head, acceptEncoding: acceptEncoding)
      try fixture.set(.eTag, "\"v1\"")
      #expect(fixture.examined.describesUnknownContent)
      if isFlushed { try fixture.flush() }
      try fixture.finish()
      expectNothingClaimed(fixture.client.head?.response)
    }
    let passed = MachineFixture(method: .head, acceptEncoding: acceptEncoding)
    try passed.set(.eTag, "\"v1\"")
    expectNothingClaimed(passed.passThrough(6200)?.response)
    #expect(
      passed.decision?.reason == (acceptEncoding == nil ? .noAcceptEncoding : .contentUnknown))
  }

  private func expectNothingClaimed(_ head: HTTPResponse?) {
    #expect(head?.headerFields[.contentEncoding] == nil)
    #expect(head?.headerFields[.contentLength] == nil)
    #expect(head?.headerFields[.vary] == "Accept-Encoding")
    #expect(head?.headerFields[.eTag] == "\"v1\"")
  }

  @Test func `what GET would have is claimed where a length or written bytes tell`() throws {
    let declared = MachineFixture(method: .head)
    try declared.set(.contentLength, "6200")
    #expect(!declared.examined.describesUnknownContent)
    #expect(declared.passThrough(nil)?.response.headerFields[.contentEncoding] == "gzip")
    let written = MachineFixture(method: .head)
    try written.write("a")
    try written.flush()
    #expect(written.client.contentEncoding == "gzip")
    #expect(!MachineFixture().examined.describesUnknownContent)
    let unchanged = MachineFixture(method: .head, status: .notModified)
    #expect(!unchanged.examined.describesUnknownContent)
  }

  @Test func `a long body of HEAD is neither kept nor limited`() throws {
    let fixture = MachineFixture(method: .head) { $0.maximumUnsentBytes = 0 }
    try fixture.write([UInt8](repeating: 1, count: 10_000_000))
    try fixture.finish()
    #expect(fixture.client.isComplete)
    #expect(fixture.discardedByteCount == 10_000_000)
  }

  @Test func `an event with an interim status is refused and leaves no trace`() throws {
    let fixture = MachineFixture(contentType: "text/event-stream", status: .earlyHints)
    #expect(code { try fixture.write("data: a\n\n") } == .invalidStatus)
    #expect(
      code { try fixture.machine.finish(with: Array("data: a\n\n".utf8).span) } == .invalidStatus)
    #expect(fixture.isOpen && fixture.byteCountIn == 0 && fixture.discardedByteCount == 0)
    try fixture.setStatus(.ok)
    try fixture.write("data: b\n\n")
    try fixture.finish()
    #expect(fixture.client.text == "data: b\n\n")
  }

  @Test func `an interim status can't be the final one (RFC 9110 §15.2)`() throws {
    let fixture = MachineFixture(status: .earlyHints)
    #expect(code { try fixture.flush() } == .invalidStatus)
    #expect(code { try fixture.finish() } == .invalidStatus)
    #expect(fixture.isOpen)
    try fixture.setStatus(.ok)
    try fixture.write("hello")
    try fixture.finish()
    #expect(fixture.client.text == "hello" && fixture.client.isComplete)
  }

  @Test(arguments: [
    HTTPResponse.Status.noContent, .resetContent, .notModified, .switchingProtocols,
  ])
  func `a status without content has none, whatever is written (RFC 9110 §6.4.1)`(
    status: HTTPResponse.Status
  ) throws {
    for isWrittenBefore in [false, true] {
      for isFlushed in [false, true] {
        let fixture = MachineFixture()
        try fixture.set(.contentLength, "6200")
        try fixture.set(.contentEncoding, isFlushed ? "gzip" : "identity")
        if isWrittenBefore { try fixture.write(.big) }
        try fixture.setStatus(status)
        if !isWrittenBefore { try fixture.write(.big) }
        if isFlushed { try fixture.flush() }
        try fixture.finish()
        #expect(fixture.client.head?.framing == .noContent)
        #expect(fixture.client.contentEncoding == nil)
        // RFC 9110 §15.3.6: a 205 has a length of 0; the others have none.
        #expect(fixture.client.field(.contentLength) == (status == .resetContent ? "0" : nil))
        #expect(fixture.client.isComplete)
        #expect(fixture.discardedByteCount == String.big.utf8.count)
        #expect(fixture.byteCountIn == 0)
      }
    }
  }

  @Test(arguments: [
    HTTPResponse.Status.noContent, .resetContent, .notModified, .switchingProtocols, .ok,
  ])
  func `what has no content and passes has no coding either, whatever set it (RFC 9110 §8.4)`(
    status: HTTPResponse.Status
  ) throws {
    for method in [HTTPRequest.Method.connect, .get] where method == .connect || status != .ok {
      let passed = MachineFixture(method: method, status: status)
      try passed.set(.contentEncoding, "gzip")
      #expect(try #require(passed.passThrough(nil)).response.headerFields[.contentEncoding] == nil)
      let finished = MachineFixture(method: method, status: status)
      try finished.set(.contentEncoding, "gzip")
      try finished.finish()
      #expect(finished.client.contentEncoding == nil)
    }
    let head = MachineFixture(method: .head)
    try head.set(.contentEncoding, "br")
    #expect(try #require(head.passThrough(nil)).response.headerFields[.contentEncoding] == "br")
  }

  @Test func `a 304 has the tag and Vary of the 200, and no coding (RFC 9110 §15.4.5)`() throws {
    let fixture = MachineFixture(status: .notModified)
    try fixture.set(.eTag, "\"v1\"")
    try fixture.finish()
    #expect(fixture.client.field(.eTag) == "W/\"v1--gzip\"")
    #expect(fixture.client.field(.vary) == "Accept-Encoding")
    #expect(fixture.client.contentEncoding == nil)
  }

  @Test func `a tunnel has no content, a refused CONNECT has (RFC 9110 §9.3.6)`() throws {
    let tunnel = MachineFixture(method: .connect)
    try tunnel.write("oops")
    try tunnel.finish()
    #expect(tunnel.client.head?.framing == .noContent)
    #expect(tunnel.client.field(.contentLength) == nil)
    let refused = MachineFixture(method: .connect, status: .forbidden)
    try refused.write("no")
    try refused.finish()
    #expect(refused.client.text == "no")
    let passing = MachineFixture(method: .connect, status: .forbidden)
    #expect(passing.passThrough(2)?.framing == .contentLength(2))
  }

  @Test func `HTTP 1.0 gets a whole body coded, with its length, and the connection closes`() throws
  {
    let fixture = MachineFixture(version: .http1_0)
    try fixture.machine.setTrailers([.eTag: "\"v1\""])
    try fixture.write(.big)
    try fixture.finish()
    #expect(fixture.client.contentEncoding == "gzip")
    #expect(fixture.client.field(.contentLength) == "\(fixture.client.wireBytes.count)")
    #expect(fixture.client.field(.connection) == "close")
    #expect(fixture.client.closesConnection)
    #expect(fixture.client.end == .complete(trailers: nil))
  }

  @Test func `HTTP 2 has no connection fields (RFC 9113 §8.2.2)`() throws {
    let fixture = MachineFixture(version: .http2)
    try fixture.machine.updateHead {
      $0.headerFields[.connection] = "close"
      $0.headerFields[.transferEncoding] = "chunked"
      $0.headerFields[.upgrade] = "h2c"
      $0.headerFields[HTTPField.Name("Keep-Alive")!] = "timeout=5"
      $0.headerFields[HTTPField.Name("Proxy-Connection")!] = "close"
    }
    fixture.machine.closeConnectionAtEnd()
    try fixture.write(.big)
    try fixture.finish()
    let names = try #require(fixture.client.head).response.headerFields.map(\.name.canonicalName)
    #expect(Set(names) == ["content-type", "content-encoding", "content-length", "vary"])
    #expect(fixture.client.closesConnection)
  }

  @Test func `a Transfer-Encoding of the application is never sent (RFC 9112 §6.1)`() throws {
    let fixture = MachineFixture()
    try fixture.set(.transferEncoding, "gzip, chunked")
    try fixture.flush()
    #expect(fixture.client.field(.transferEncoding) == nil)
    #expect(fixture.client.head?.framing == .chunked)
  }

  @Test(arguments: [("close", true), ("Keep-Alive , Close", true), ("keep-alive", false)])
  func `Connection close of the application closes (RFC 9112 §9.6)`(value: String, closes: Bool)
    throws
  {
    let fixture = MachineFixture()
    try fixture.set(.connection, value)
    try fixture.finish()
    #expect(fixture.client.closesConnection == closes)
    #expect(fixture.client.field(.connection) == (closes ? "close" : value))
  }

  @Test(arguments: [HTTPResponse.Status.noContent, .resetContent, .notModified])
  func `what is written is content by the status that is committed`(status: HTTPResponse.Status)
    throws
  {
    let with = MachineFixture(status: status)
    try with.write(.big)
    try with.setStatus(.ok)
    try with.write("more")
    try with.finish()
    #expect(with.client.text == .big + "more" && with.discardedByteCount == 0)

    let without = MachineFixture()
    try without.write(.big)
    try without.setStatus(status)
    try without.finish()
    #expect(without.client.wireBytes.isEmpty && without.discardedByteCount == 6200)
  }

  @Test func `closing keeps the application's other options (RFC 9110 §7.6.1)`() throws {
    let fixture = MachineFixture(status: .init(code: 426))
    try fixture.set(.connection, "upgrade")
    try fixture.set(.upgrade, "websocket")
    fixture.machine.closeConnectionAtEnd()
    try fixture.finish()
    #expect(fixture.client.field(.connection) == "upgrade, close")
  }
}
