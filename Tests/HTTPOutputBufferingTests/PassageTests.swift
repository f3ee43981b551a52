import HTTPOutputBuffering
import HTTPTypes
import Testing

/// What may follow a head that passes.
@Suite struct PassageTests {
  @Test func `a declared length is counted and has to be kept`() throws {
    let fixture = MachineFixture(contentType: "image/png")
    var passage = try #require(fixture.passage(10))
    #expect(passage.content == .counted(10))
    try passage.take(byteCount: 4)
    #expect(passage.content == .counted(6))
    #expect(code { try passage.take(byteCount: 7) } == .declaredLengthExceeded)
    #expect(code { try passage.finish() } == .declaredLengthNotReached)
    try passage.take(byteCount: 6)
    try passage.finish()
  }

  @Test(arguments: [HTTPProtocolVersion.http1_0, .http1_1, .http2])
  func `a length that isn't known is any`(version: HTTPProtocolVersion) throws {
    let fixture = MachineFixture(version: version, contentType: "image/png")
    var passage = try #require(fixture.passage(nil))
    #expect(passage.content == .open)
    try passage.take(byteCount: 1 << 40)
    try passage.finish()
    #expect(passage.closesConnection == (version == .http1_0))
  }

  @Test(arguments: [HTTPResponse.Status.noContent, .resetContent, .notModified])
  func `nothing follows where there is no content`(status: HTTPResponse.Status) throws {
    #expect(try #require(MachineFixture(status: status).passage(nil)).content == .none)
  }

  @Test func `an interim status is none to pass as a final response (RFC 9110 §15.2)`() {
    #expect(MachineFixture(status: .continue).passage(nil) == nil)
    #expect(MachineFixture(status: .earlyHints).passage(0) == nil)
  }

  @Test func `a length that is declared and isn't the body's doesn't pass`() throws {
    let fixture = MachineFixture(contentType: "image/png")
    try fixture.set(.contentLength, "10")
    #expect(fixture.passage(2000) == nil && fixture.isOpen)
    #expect(fixture.passage(10)?.content == .counted(10))
    #expect(fixture.byteCountIn == 10 && fixture.byteCountOut == 10)
  }

  @Test func `a tunnel has no fields of framing (RFC 9110 §9.3.6, RFC 9113 §8.2.2)`() throws {
    for version in [HTTPProtocolVersion.http1_1, .http2] {
      let fixture = MachineFixture(method: .connect, version: version)
      try fixture.set(.contentLength, "0")
      try fixture.set(.transferEncoding, "chunked")
      try fixture.set(.connection, "keep-alive")
      let fields = try #require(fixture.passage(0)).head.response.headerFields
      #expect(fields[.contentLength] == nil && fields[.transferEncoding] == nil)
      #expect(fields.contains(.connection) == (version == .http1_1))
    }
  }

  @Test func `nothing follows a response to HEAD, whatever its length`() throws {
    let fixture = MachineFixture(method: .head, contentType: "image/png")
    try fixture.set(.contentLength, "10")
    let passage = try #require(fixture.passage(10))
    #expect(passage.content == .none)
    try passage.finish()
  }

  @Test func `after a switch of protocols and in a tunnel there is no HTTP (RFC 9110 §9.3.6)`()
    throws
  {
    let upgrade = MachineFixture(status: .switchingProtocols)
    // HTTP/2 doesn't support it (RFC 9113 §8.6).
    #expect(MachineFixture(version: .http2, status: .switchingProtocols).passage(nil) == nil)
    #expect(try #require(upgrade.passage(nil)).content == .tunnel)
    let tunnel = try #require(MachineFixture(method: .connect).passage(nil))
    #expect(tunnel.content == .tunnel)
    #expect(!tunnel.closesConnection)
    let refused = MachineFixture(
      method: .connect, contentType: "image/png", status: .forbidden)
    #expect(try #require(refused.passage(2)).content == .counted(2))
  }

  @Test func `Connection close of the application closes, also where nothing is coded`() throws {
    let fixture = MachineFixture(contentType: "image/png")
    try fixture.set(.connection, "close")
    #expect(try #require(fixture.passage(10)).closesConnection)
  }
}
