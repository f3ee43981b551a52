import GzipContentCoding
import HTTPContentCoding
import HTTPOutputBuffering
import HTTPTypes
import Testing

/// Trailer fields, interim responses, reset and abort.
@Suite struct ResponseMachineTrailerTests {
  let trailers: HTTPFields = [.eTag: "\"v1\""]

  @Test(arguments: [
    (HTTPProtocolVersion.http1_1, MessageFraming.chunked), (.http2, .contentLength(5)),
  ])
  func `trailers make a whole body chunked in HTTP 1.1 only (RFC 9110 §6.5)`(
    version: HTTPProtocolVersion, framing: MessageFraming
  ) throws {
    let fixture = MachineFixture(version: version)
    try fixture.machine.setTrailers(trailers)
    try fixture.write("hello")
    try fixture.finish()
    #expect(fixture.client.head?.framing == framing)
    #expect(fixture.client.end == .complete(trailers: trailers))
  }

  @Test func `trailers can be set until the end where the framing has room for them`() throws {
    let chunked = MachineFixture()
    try chunked.flush()
    try chunked.machine.setTrailers(trailers)
    try chunked.finish()
    // The tag is that of coded content.
    #expect(chunked.client.end == .complete(trailers: [.eTag: "W/\"v1--gzip\""]))
    #expect(code { try chunked.machine.setTrailers(nil) } == .ended)

    for version in [HTTPProtocolVersion.http1_1, .http2] {
      let fixture = MachineFixture(version: version, acceptEncoding: nil)
      try fixture.set(.contentLength, "1")
      try fixture.flush()
      let error = code { try fixture.machine.setTrailers(trailers) }
      #expect(error == (version == .http2 ? nil : .committed))
      try fixture.write("a")
      try fixture.finish()
      #expect(fixture.client.end == .complete(trailers: version == .http2 ? trailers : nil))
    }
  }

  @Test func `trailers that come with the end are left out where the framing has no room`() throws {
    let old = MachineFixture(version: .http1_0)
    try old.flush()
    try old.machine.finish(trailers: trailers)
    try old.send()
    #expect(old.client.end == .complete(trailers: nil))

    let declared = MachineFixture(acceptEncoding: nil)
    try declared.set(.contentLength, "1")
    try declared.flush()
    try declared.write("a")
    try declared.machine.finish(trailers: trailers)
    try declared.send()
    #expect(declared.client.end == .complete(trailers: nil))

    let whole = MachineFixture()
    try whole.write("a")
    try whole.machine.finish(trailers: trailers)
    try whole.send()
    #expect(whole.client.head?.framing == .chunked)
    #expect(whole.client.end == .complete(trailers: trailers))
  }

  @Test func `trailers without a field that may be one are none`() throws {
    for trailers: HTTPFields in [[:], [.contentLength: "5"]] {
      let fixture = MachineFixture()
      try fixture.write("hello")
      try fixture.machine.finish(trailers: trailers)
      try fixture.send()
      #expect(fixture.client.head?.framing == .contentLength(5))
      #expect(fixture.client.end == .complete(trailers: nil))
    }
  }

  static let forbidden = [
    "Transfer-Encoding", "Content-Length", "Trailer", "TE", "Connection", "Keep-Alive", "Upgrade",
    "Host", "Cache-Control", "Expect", "Max-Forwards", "Pragma", "Range", "If-Match",
    "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Authorization",
    "WWW-Authenticate", "Proxy-Authenticate", "Proxy-Authorization", "Set-Cookie", "Cookie", "Age",
    "Date", "Expires", "Location", "Retry-After", "Vary", "Warning", "Content-Encoding",
    "Content-Type", "Content-Range", "CDN-Cache-Control", "Surrogate-Control", "Clear-Site-Data",
    "Strict-Transport-Security", "Content-Security-Policy", "Access-Control-Allow-Origin",
  ]

  @Test(arguments: forbidden)
  func `a field that has to be known before the content is no trailer (RFC 9110 §6.5.1)`(
    field: String
  ) throws {
    let allowed: HTTPFields = [.eTag: "\"v1\""]
    for isFlushed in [false, true] {
      let fixture = MachineFixture(acceptEncoding: nil)
      if isFlushed { try fixture.flush() }
      try fixture.machine.setTrailers(allowed)
      for name in [field, field.lowercased()] {
        let trailers: HTTPFields = [.eTag: "\"v2\"", HTTPField.Name(name)!: "1"]
        do {
          try fixture.machine.setTrailers(trailers)
          Issue.record("\(name) was accepted")
        } catch {
          #expect(error.code == .forbiddenTrailer && error.message.contains(name))
        }
      }
      try fixture.write("hello")
      try fixture.finish()
      #expect(fixture.client.end == .complete(trailers: allowed))
    }
    let framework = MachineFixture(acceptEncoding: nil)
    try framework.write("hello")
    let given: HTTPFields = [HTTPField.Name(field)!: "1", .eTag: "\"v1\""]
    try framework.machine.finish(trailers: given)
    try framework.send()
    #expect(framework.client.end == .complete(trailers: allowed))
    #expect(framework.droppedTrailers.map(\.rawName) == [field])
  }

  @Test(arguments: [
    "ETag", "Digest", "Content-Digest", "Repr-Digest", "Server-Timing", "X-Checksum", "grpc-status",
    "Accept-Ranges", "Authentication-Info", "Last-Modified",
  ])
  func `a field that may follow the content is a trailer`(field: String) throws {
    let trailers: HTTPFields = [HTTPField.Name(field)!: "1"]
    let fixture = MachineFixture(acceptEncoding: nil)
    try fixture.machine.setTrailers(trailers)
    try fixture.write("hello")
    try fixture.finish()
    #expect(fixture.client.end == .complete(trailers: trailers))
    #expect(fixture.droppedTrailers.isEmpty)
  }

  @Test func `a whole body with trailers of a framework leaves the forbidden ones out`() throws {
    let fixture = MachineFixture()
    let given: HTTPFields = [.host: "a", .acceptRanges: "bytes", .eTag: "\"v1\""]
    try fixture.machine.finish(with: Array(String.big.utf8).span, trailers: given)
    try fixture.send()
    #expect(fixture.client.end == .complete(trailers: [.eTag: "W/\"v1--gzip\""]))
    #expect(fixture.droppedTrailers == [.host])
    let passed = MachineFixture(acceptEncoding: nil)
    #expect(
      passed.machine.passThrough(bodyByteCount: 5, trailers: [.setCookie: "a=1"])?.head.framing
        == .contentLength(5))
    #expect(passed.droppedTrailers == [.setCookie])
  }

  @Test func `a digest in the trailers vouches for bytes that aren't coded (RFC 9530 §2)`() throws {
    let digest: HTTPFields = [.contentDigest: "sha-256=:AA==:"]
    let known = MachineFixture()
    try known.machine.setTrailers(digest)
    try known.write(.big)
    try known.finish()
    #expect(known.decision?.reason == .digestPresent)
    #expect(known.client.text == .big)
    #expect(known.client.end == .complete(trailers: digest))

    let announced = MachineFixture()
    try announced.set(.trailer, "X-Sum, content-digest")
    try announced.write(.big)
    try announced.flush()
    try announced.machine.finish(trailers: digest)
    try announced.send()
    #expect(announced.decision?.reason == .digestPresent)
    #expect(announced.client.end == .complete(trailers: digest))

    // It wasn't known when the coding was decided.
    let late = MachineFixture()
    try late.write(.big)
    try late.flush()
    try late.machine.finish(trailers: digest)
    try late.send()
    #expect(late.client.contentEncoding == "gzip" && late.client.text == .big)
    #expect(late.client.end == .complete(trailers: nil))
  }

  @Test(arguments: [HTTPProtocolVersion.http1_1, .http2])
  func `what has no content has no trailers`(version: HTTPProtocolVersion) throws {
    let fixture = MachineFixture(method: .head, version: version)
    try fixture.machine.setTrailers(trailers)
    try fixture.write(.big)
    try fixture.finish()
    #expect(fixture.client.end == .complete(trailers: nil))
  }

  @Test func `interim responses go first, at once, and as they are (RFC 9110 §15.2)`() throws {
    let fixture = MachineFixture()
    var hints = HTTPResponse(status: .earlyHints)
    hints.headerFields[.link] = "</style.css>; rel=preload"
    hints.headerFields[.contentLength] = "5"
    try fixture.machine.sendInformational(hints)
    #expect(fixture.isOutputDue)
    try fixture.send()
    #expect(fixture.client.head == nil)
    #expect(fixture.client.informational.map(\.status) == [.earlyHints])
    #expect(fixture.client.informational[0].headerFields.count == 1)
    try fixture.write(.big)
    try fixture.machine.reset()
    try fixture.write(.big)
    try fixture.finish()
    #expect(fixture.client.text == .big)
    #expect(fixture.client.field(.link) == nil)
    #expect(code { try fixture.machine.sendInformational(hints) } == .ended)
  }

  @Test func `an operation that comes too late is named in its error`() throws {
    let fixture = MachineFixture()
    try fixture.machine.flush()
    func message(_ operation: () throws -> Void) -> String? {
      #expect(throws: ResponseError.self, performing: operation)?.message
    }
    #expect(
      message { try fixture.machine.sendInformational(.init(status: .earlyHints)) }
        == "an interim response can't be sent after the head was sent")
    #expect(
      message { try fixture.machine.reset() }
        == "a response can't be reset after the head was sent")
    #expect(
      message { try fixture.machine.updateHead { _ in } }
        == "the head can't be changed after the head was sent")
    try fixture.finish()
    #expect(
      message { try fixture.machine.reset() } == "a response can't be reset after the end")
  }

  @Test func `an interim response isn't sent after the final head, nor to HTTP 1.0`() throws {
    let hints = HTTPResponse(status: .earlyHints)
    let fixture = MachineFixture()
    try fixture.flush()
    #expect(code { try fixture.machine.sendInformational(hints) } == .committed)
    let old = MachineFixture(version: .http1_0)
    try old.machine.sendInformational(hints)
    #expect(!old.isOutputDue)
  }

  @Test(arguments: [200, 101, 404])
  func `only an interim status is interim`(status: Int) throws {
    let fixture = MachineFixture()
    let response = HTTPResponse(status: .init(code: status))
    #expect(code { try fixture.machine.sendInformational(response) } == .invalidStatus)
  }

  @Test func `reset leaves nothing of what was`() throws {
    let fixture = MachineFixture()
    try fixture.set(.eTag, "\"v1\"")
    try fixture.setStatus(.noContent)
    try fixture.setStatus(.created)
    try fixture.machine.setTrailers(trailers)
    try fixture.machine.setCompressionMode(.off)
    try fixture.write(.big)
    try fixture.machine.reset()
    #expect(fixture.byteCountIn == 0 && fixture.discardedByteCount == 0)
    try fixture.write(.big)
    try fixture.finish()
    #expect(fixture.client.head?.response.status == .ok)
    #expect(fixture.client.field(.eTag) == nil)
    #expect(fixture.client.contentEncoding == "gzip")
    #expect(fixture.client.end == .complete(trailers: nil))
    #expect(fixture.byteCountIn == String.big.utf8.count)
  }

  @Test func `an open response that is aborted leaves no trace`() throws {
    let fixture = MachineFixture()
    try fixture.write(.big)
    fixture.machine.abort()
    let output = fixture.takeOutput()
    #expect(output.head == nil && output.body.isEmpty && output.end == .aborted)
    #expect(fixture.discardedByteCount == String.big.utf8.count)
    #expect(fixture.byteCountIn == 0)
    try fixture.write("late")
    try fixture.flush()
    try fixture.finish()
    fixture.machine.abort()
    #expect(fixture.takeOutput().isEmpty)
  }

  @Test func `a committed response that is aborted looks broken (RFC 9112 §8)`() throws {
    let fixture = MachineFixture()
    try fixture.write(.big)
    try fixture.flush()
    try fixture.write(.big)
    #expect(fixture.gzip.pool.liveCount == 1)
    fixture.machine.abort()
    #expect(fixture.gzip.pool.liveCount == 0)
    try fixture.send()
    #expect(fixture.client.isAborted)
    #expect(fixture.client.text == .big)
  }

  @Test func `after the end an abort changes nothing`() throws {
    let fixture = MachineFixture()
    try fixture.write(.big)
    try fixture.machine.finish()
    fixture.machine.abort()
    try fixture.send()
    #expect(fixture.client.isComplete && fixture.client.text == .big)
  }
}
