import GzipContentCoding
import HTTPContentCoding
import HTTPOutputBuffering
import HTTPTypes
import Testing

/// Responses whose head is the whole response: they end at the commit.
@Suite struct ResponseMachineHeadOnlyTests {
  static let cases: [(HTTPRequest.Method, HTTPResponse.Status)] = [
    (.head, .ok), (.head, .notFound), (.get, .noContent), (.get, .resetContent),
    (.get, .notModified), (.post, .noContent), (.connect, .ok),
  ]

  @Test(arguments: cases, [HTTPProtocolVersion.http1_0, .http1_1, .http2])
  func `the end is handed out with the head (RFC 9110 §6.4.1)`(
    kind: (HTTPRequest.Method, HTTPResponse.Status), version: HTTPProtocolVersion
  ) throws {
    let fixture = MachineFixture(method: kind.0, version: version, status: kind.1)
    try fixture.machine.setTrailers([.eTag: "\"t\""])
    try fixture.write("text")
    try fixture.machine.flush()
    let output = fixture.takeOutput()
    #expect(output.head?.framing == .noContent && output.body.isEmpty)
    #expect(output.end == .complete(trailers: nil))
    #expect(!fixture.isOpen)
    try fixture.write("late")
    try fixture.machine.flush()
    #expect(!fixture.isOutputDue)
    #expect(fixture.discardedByteCount == 8 && fixture.byteCountIn == 0)
    #expect(code { try fixture.machine.setTrailers(nil) } == .committed)
    try fixture.machine.finish()
    #expect(fixture.takeOutput().isEmpty)
    #expect(code { try fixture.machine.setTrailers(nil) } == .ended)
  }

  @Test func `more than is held commits and ends a response to HEAD`() throws {
    let fixture = MachineFixture(method: .head) { $0.maximumBufferedBytes = 10 }
    try fixture.write([UInt8](repeating: 1, count: 5000))
    try fixture.send()
    #expect(fixture.client.isComplete)
    try fixture.finish()
    #expect(fixture.client.isComplete && fixture.discardedByteCount == 5000)
  }

  @Test func `an event to HEAD is the end of it`() throws {
    let fixture = MachineFixture(method: .head, contentType: "text/event-stream")
    try fixture.write("data: 1\n\n")
    try fixture.send()
    #expect(fixture.client.isComplete)
  }

  @Test func `a response that was replaced by 406 is over as well`() throws {
    let fixture = MachineFixture(acceptEncoding: "identity;q=0") {
      $0.policy.refusesUnacceptable = true
    }
    try fixture.write("text")
    try fixture.flush()
    #expect(fixture.client.head?.framing == .contentLength(0))
    #expect(fixture.client.isComplete)
    try fixture.write("late")
    try fixture.finish()
    #expect(fixture.discardedByteCount == 8)
  }

  @Test(arguments: [false, true])
  func `giving it up afterwards leaves the whole message alone`(isSent: Bool) throws {
    let fixture = MachineFixture(method: .head)
    try fixture.machine.flush()
    if isSent { try fixture.send() }
    fixture.machine.abort()
    try fixture.send()
    #expect(fixture.client.isComplete == isSent)
    #expect(fixture.client.isAborted != isSent)
    try fixture.finish()
  }

  @Test func `a declared length of zero is a promise, and no head that is all`() throws {
    let fixture = MachineFixture(version: .http2)
    try fixture.set(.contentLength, "0")
    try fixture.flush()
    #expect(fixture.client.end == nil)
    try fixture.machine.setTrailers([.eTag: "\"t\""])
    try fixture.finish()
    #expect(fixture.client.end == .complete(trailers: [.eTag: "\"t\""]))
  }
}
