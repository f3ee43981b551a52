import GzipContentCoding
import HTTPContentCoding
import HTTPOutputBuffering
import HTTPTypes
import OutputBufferingTestSupport
import Testing

/// What forces the commit, and what it decides.
@Suite struct ResponseMachineCommitTests {
  @Test func `a whole body is coded with an exact length (RFC 9110 §8.6)`() throws {
    let fixture = MachineFixture()
    try fixture.write(.big)
    try fixture.finish()
    #expect(fixture.client.contentEncoding == "gzip")
    #expect(fixture.client.field(.contentLength) == "\(fixture.client.wireBytes.count)")
    #expect(fixture.client.wireBytes.count < String.big.utf8.count)
    #expect(fixture.client.text == .big)
    #expect(fixture.client.isComplete)
    #expect(fixture.client.field(.vary) == "Accept-Encoding")
    #expect(fixture.gzip.pool.liveCount == 0)
  }

  @Test(arguments: [
    (nil, ContentCodingDecision.Reason.noAcceptEncoding), ("", .notAcceptable),
    ("gzip;q=0", .notAcceptable), ("identity, gzip;q=0.5", .identityPreferred),
    ("br", .notAcceptable),
  ])
  func `a whole body that isn't coded has its own length`(
    acceptEncoding: String?, reason: ContentCodingDecision.Reason
  ) throws {
    let fixture = MachineFixture(acceptEncoding: acceptEncoding)
    try fixture.write(.big)
    try fixture.finish()
    #expect(fixture.client.contentEncoding == nil)
    #expect(fixture.client.field(.contentLength) == "\(String.big.utf8.count)")
    #expect(fixture.client.field(.vary) == "Accept-Encoding")
    #expect(fixture.client.text == .big)
    #expect(fixture.decision?.reason == reason)
  }

  @Test(arguments: [(1023, false), (1024, true)])
  func `the minimum size decides about a whole body`(byteCount: Int, isCoded: Bool) throws {
    let fixture = MachineFixture()
    try fixture.write([UInt8](repeating: 0x61, count: byteCount))
    try fixture.finish()
    #expect((fixture.client.contentEncoding != nil) == isCoded)
    #expect(fixture.client.content.count == byteCount)
    #expect(fixture.client.field(.vary) == "Accept-Encoding")
  }

  @Test func `a client that refuses identity gets even a small body coded`() throws {
    let fixture = MachineFixture(acceptEncoding: "identity;q=0, gzip")
    try fixture.write("0123456789")
    try fixture.finish()
    #expect(fixture.client.contentEncoding == "gzip")
    #expect(fixture.client.text == "0123456789")
  }

  @Test func `a body that coding doesn't make smaller goes out as identity`() throws {
    var generator = SeededGenerator(seed: 7)
    let noise = (0..<2000).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let fixture = MachineFixture()
    try fixture.set(.eTag, "\"v1\"")
    try fixture.write(noise)
    try fixture.finish()
    #expect(fixture.client.contentEncoding == nil)
    #expect(fixture.client.field(.eTag) == "\"v1\"")
    #expect(fixture.client.content == noise)
    #expect(fixture.decision?.reason == .noSavings)
  }

  @Test func `an empty body has length 0 and no coding`() throws {
    let fixture = MachineFixture()
    try fixture.finish()
    #expect(fixture.client.head?.framing == .contentLength(0))
    #expect(fixture.client.contentEncoding == nil)
    #expect(fixture.client.isComplete)
  }

  @Test(arguments: [
    (HTTPProtocolVersion.http1_1, MessageFraming.chunked), (.http2, .endOfStream),
    (.http1_0, .connectionClose),
  ])
  func `more than the buffer limit commits with an unknown length`(
    version: HTTPProtocolVersion, framing: MessageFraming
  ) throws {
    let fixture = MachineFixture(version: version) { $0.maximumBufferedBytes = 4096 }
    try fixture.write(.big)
    #expect(!fixture.isOpen)
    try fixture.send()
    #expect(fixture.client.head?.framing == framing)
    try fixture.write(.big)
    try fixture.finish()
    #expect(fixture.client.text == .big + .big)
    // RFC 9112 §9.8: without a length HTTP/1.0 can't tell the end of coded content from a break.
    #expect((fixture.client.contentEncoding == "gzip") == (version != .http1_0))
  }

  @Test func `the buffer limit is the last byte that is held`() throws {
    let fixture = MachineFixture { $0.maximumBufferedBytes = 4096 }
    try fixture.write([UInt8](repeating: 0x61, count: 4096))
    #expect(fixture.isOpen)
    try fixture.write("b")
    #expect(!fixture.isOpen)
  }

  @Test func `a body of unknown length is collected up to the minimum where coding is undecided`()
    throws
  {
    let fixture = MachineFixture { $0.maximumBufferedBytes = 0 }
    try fixture.write([UInt8](repeating: 0x61, count: 1000))
    #expect(fixture.isOpen)
    let uncoded = MachineFixture { settings in
      settings.maximumBufferedBytes = 0
      settings.codings = []
    }
    try uncoded.write("a")
    #expect(!uncoded.isOpen)
  }

  @Test func `everything that goes out together is one output`() throws {
    let fixture = MachineFixture()
    try fixture.write(.big)
    #expect(!fixture.isOutputDue)
    try fixture.machine.finish()
    #expect(fixture.isOutputDue)
    let output = fixture.takeOutput()
    #expect(output.head != nil && !output.body.isEmpty && output.end != nil)
    #expect(fixture.takeOutput().isEmpty)
  }

  @Test func `a 406 replaces what the client refuses in every coding, where that is switched on`()
    throws
  {
    for isStreamed in [false, true] {
      let fixture = MachineFixture(acceptEncoding: "*;q=0") {
        $0.policy.refusesUnacceptable = true
      }
      try fixture.set(.eTag, "\"v1\"")
      try fixture.write(.big)
      if isStreamed { try fixture.flush() }
      try fixture.write("more")
      try fixture.finish()
      // RFC 9110 §15.5.7
      #expect(fixture.client.head?.response.status == .notAcceptable)
      #expect(fixture.client.field(.contentLength) == "0")
      #expect(fixture.client.field(.vary) == "Accept-Encoding")
      #expect(fixture.client.field(.eTag) == nil)
      #expect(fixture.client.wireBytes.isEmpty && fixture.client.isComplete)
      #expect(fixture.byteCountIn == 0)
      #expect(fixture.discardedByteCount == String.big.utf8.count + 4)
    }
    let lenient = MachineFixture(acceptEncoding: "*;q=0")
    try lenient.write(.big)
    try lenient.finish()
    #expect(lenient.client.head?.response.status == .ok)
    #expect(lenient.client.text == .big)
  }

  @Test(
    arguments: [
      (CompressionMode.off, "text/html", nil), (.force, "image/png", "gzip"),
      (.automatic, "image/png", nil),
    ] as [(CompressionMode, String, String?)])
  func `the response's own mode overrides the policy`(
    mode: CompressionMode, contentType: String, coding: String?
  ) throws {
    let fixture = MachineFixture(contentType: contentType)
    try fixture.machine.setCompressionMode(mode)
    try fixture.write(.big)
    try fixture.finish()
    #expect(fixture.client.contentEncoding == coding)
    #expect(code { try fixture.machine.setCompressionMode(nil) } == .ended)
  }

  @Test(arguments: [false, true])
  func `a response says why it was coded or not, where that is switched on`(explains: Bool) throws {
    let fixture = MachineFixture(contentType: "image/png") { $0.explainsDecision = explains }
    try fixture.write(.big)
    try fixture.finish()
    #expect(fixture.client.field(.decision) == (explains ? "contentTypeExcluded" : nil))
    #expect(fixture.client.field(.vary) == nil)
  }

  @Test func `the head can't change after the commit`() throws {
    let fixture = MachineFixture()
    try fixture.flush()
    #expect(code { try fixture.set(.eTag, "\"v1\"") } == .committed)
    #expect(code { try fixture.machine.reset() } == .committed)
    #expect(code { try fixture.machine.setCompressionMode(.off) } == .committed)
    #expect(fixture.head.headerFields[.eTag] == nil)
  }
}
