import GzipContentCoding
import HTTPContentCoding
import HTTPOutputBuffering
import HTTPTypes
import Testing

/// Encoders that fail, and bodies that exist already.
@Suite struct ResponseMachineEncoderTests {
  @Test(arguments: [false, true])
  func `without an encoder identity goes out`(isFlushed: Bool) throws {
    let fixture = MachineFixture(offer: .unavailable)
    try fixture.write(.big)
    if isFlushed { try fixture.flush() }
    try fixture.finish()
    #expect(fixture.client.contentEncoding == nil)
    #expect(fixture.client.text == .big && fixture.client.isComplete)
    #expect(fixture.decision?.reason == .encoderFailed)
    #expect(fixture.gzip.pool.liveCount == 0)
  }

  @Test(arguments: [false, true])
  func `an encoder that fails before the head is sent costs nothing but the coding`(
    isFlushed: Bool
  ) throws {
    let fixture = MachineFixture(offer: .failing(inCall: 1))
    try fixture.set(.eTag, "\"v1\"")
    try fixture.write(.big)
    if isFlushed { try fixture.flush() }
    try fixture.finish()
    #expect(fixture.client.contentEncoding == nil)
    #expect(fixture.client.field(.eTag) == "\"v1\"")
    #expect(fixture.client.text == .big)
    #expect(fixture.gzip.pool.liveCount == 0)
  }

  @Test(arguments: 3...5)
  func `an encoder that fails after the head was sent breaks the message`(call: Int) throws {
    let fixture = MachineFixture(offer: .failing(inCall: call))
    try fixture.write("one")
    let output = try { () throws(ResponseError) in
      try fixture.machine.flush()
      return fixture.takeOutput()
    }()
    #expect(output.head != nil)
    let errors = [
      code { try fixture.write("two") }, code { try fixture.machine.flush() },
      code { try fixture.machine.finish() },
    ]
    #expect(errors.compactMap(\.self) == [.encodingFailed])
    let rest = fixture.takeOutput()
    #expect(rest.end == .aborted && rest.body.isEmpty)
    #expect(fixture.gzip.pool.liveCount == 0)
  }

  @Test func `an encoder goes back when the machine is dropped`() throws {
    let gzip = ContentCodingOffer(coding: .gzip, pool: .gzip())
    do {
      let fixture = MachineFixture(offer: gzip)
      try fixture.write(.big)
      try fixture.flush()
      try fixture.write(.big)
      #expect(gzip.pool.liveCount == 1)
    }
    #expect(gzip.pool.liveCount == 0)
    #expect(gzip.pool.idleCount == 1)
  }

  @Test func `a stream that is idle holds no encoder`() throws {
    let gzip = ContentCodingOffer(coding: .gzip, pool: .gzip(idleEncoderLimit: 4))
    let fixtures = (0..<50).map { _ in MachineFixture(offer: gzip) }
    for round in 0..<3 {
      for (number, fixture) in fixtures.enumerated() {
        try fixture.write(.big)
        try fixture.write("stream \(number), round \(round)\n")
        #expect(gzip.pool.liveCount == (round == 0 ? 0 : 1))
        try fixture.flush()
        #expect(gzip.pool.liveCount == 0)
        #expect(gzip.pool.idleCount <= 4)
        #expect(fixture.client.text.hasSuffix("stream \(number), round \(round)\n"))
      }
    }
    for (number, fixture) in fixtures.enumerated() {
      try fixture.finish()
      let rounds = (0..<3).map { String.big + "stream \(number), round \($0)\n" }
      #expect(fixture.client.text == rounds.joined())
      #expect(fixture.client.isComplete)
    }
    #expect(gzip.pool.liveCount == 0)
  }

  @Test func `a body that needs no coding passes through untouched`() throws {
    let fixture = MachineFixture(contentType: "image/png")
    let head = fixture.passThrough(100)
    #expect(head?.framing == .contentLength(100))
    #expect(head?.response.headerFields[.contentLength] == "100")
    #expect(fixture.takeOutput().isEmpty)
    #expect(fixture.passThrough(100) == nil)
    #expect(fixture.decision?.reason == .contentTypeExcluded)
  }

  @Test(arguments: [
    (HTTPProtocolVersion.http1_1, MessageFraming.chunked), (.http2, .endOfStream),
    (.http1_0, .connectionClose),
  ])
  func `a stream of unknown length passes through`(
    version: HTTPProtocolVersion, framing: MessageFraming
  ) throws {
    let fixture = MachineFixture(version: version, contentType: "image/png")
    #expect(fixture.passThrough(nil)?.framing == framing)
  }

  @Test func `a body to be coded doesn't pass through, nor one of a length that is only declared`()
    throws
  {
    let coded = MachineFixture()
    #expect(coded.passThrough(6200) == nil)
    #expect(coded.passThrough(nil) == nil)
    #expect(coded.isOpen)
    #expect(coded.passThrough(100) != nil)
    let declared = MachineFixture(contentType: "image/png")
    try declared.set(.contentLength, "100")
    #expect(declared.passThrough(nil) == nil)
    #expect(declared.isOpen)
  }

  @Test func `a refused response doesn't pass through`() throws {
    let fixture = MachineFixture(acceptEncoding: "*;q=0") {
      $0.policy.refusesUnacceptable = true
    }
    #expect(fixture.passThrough(10) == nil)
    try fixture.write("0123456789")
    try fixture.finish()
    #expect(fixture.client.head?.response.status == .notAcceptable)
  }

  @Test func `HEAD passes through with the fields of GET (RFC 9110 §9.3.2)`() throws {
    let fixture = MachineFixture(method: .head)
    try fixture.set(.contentLength, "6200")
    let head = try #require(fixture.passThrough(0))
    #expect(head.framing == .noContent)
    #expect(head.response.headerFields[.contentEncoding] == "gzip")
    #expect(head.response.headerFields[.contentLength] == nil)
  }

  @Test func `a protocol switch passes through with all its fields (RFC 9110 §7.8)`() throws {
    let fixture = MachineFixture(status: .switchingProtocols)
    try fixture.set(.upgrade, "websocket")
    try fixture.set(.connection, "upgrade")
    let head = try #require(fixture.passThrough(nil))
    #expect(head.framing == .noContent)
    #expect(head.response == fixture.head)
  }
}
