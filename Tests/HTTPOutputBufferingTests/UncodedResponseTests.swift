import HTTPOutputBuffering
import HTTPTypes
import Testing

/// What may follow a head that passes.
@Suite struct UncodedResponseTests {
  @Test func `a declared length is counted and has to be kept`() throws {
    let fixture = MachineFixture(contentType: "image/png")
    var uncoded = try #require(fixture.uncoded(10))
    #expect(uncoded.content == .counted(10))
    try uncoded.take(byteCount: 4)
    #expect(uncoded.content == .counted(6))
    #expect(code { try uncoded.take(byteCount: 7) } == .declaredLengthExceeded)
    #expect(code { try uncoded.finish() } == .declaredLengthNotReached)
    try uncoded.take(byteCount: 6)
    try uncoded.finish()
  }

  @Test func `a negative number of bytes counts as none`() throws {
    var uncoded = try #require(MachineFixture(contentType: "image/png").uncoded(10))
    for byteCount in [-1, .min] {
      try uncoded.take(byteCount: byteCount)
      #expect(uncoded.content == .counted(10))
    }
  }

  @Test(arguments: [HTTPProtocolVersion.http1_0, .http1_1, .http2])
  func `a length that isn't known is any`(version: HTTPProtocolVersion) throws {
    let fixture = MachineFixture(version: version, contentType: "image/png")
    var uncoded = try #require(fixture.uncoded(nil))
    #expect(uncoded.content == .open)
    try uncoded.take(byteCount: 1 << 40)
    try uncoded.finish()
    #expect(uncoded.closesConnection == (version == .http1_0))
  }

  @Test(arguments: [HTTPResponse.Status.noContent, .resetContent, .notModified])
  func `nothing follows where there is no content`(status: HTTPResponse.Status) throws {
    #expect(try #require(MachineFixture(status: status).uncoded(nil)).content == .none)
  }

  @Test func `an interim status is none to pass as a final response (RFC 9110 §15.2)`() {
    #expect(MachineFixture(status: .continue).uncoded(nil) == nil)
    #expect(MachineFixture(status: .earlyHints).uncoded(0) == nil)
  }

  @Test func `a length that is declared and isn't the body's doesn't pass`() throws {
    let fixture = MachineFixture(contentType: "image/png")
    try fixture.set(.contentLength, "10")
    #expect(fixture.uncoded(2000) == nil && fixture.isOpen)
    #expect(fixture.uncoded(10)?.content == .counted(10))
    #expect(fixture.byteCountIn == 10 && fixture.byteCountOut == 10)
  }

  @Test func `a tunnel has no fields of framing (RFC 9110 §9.3.6, RFC 9113 §8.2.2)`() throws {
    for version in [HTTPProtocolVersion.http1_1, .http2] {
      let fixture = MachineFixture(method: .connect, version: version)
      try fixture.set(.contentLength, "0")
      try fixture.set(.transferEncoding, "chunked")
      try fixture.set(.connection, "keep-alive")
      let fields = try #require(fixture.uncoded(0)).head.response.headerFields
      #expect(fields[.contentLength] == nil && fields[.transferEncoding] == nil)
      #expect(fields.contains(.connection) == (version == .http1_1))
    }
  }

  @Test func `nothing follows a response to HEAD, whatever its length`() throws {
    let fixture = MachineFixture(method: .head, contentType: "image/png")
    try fixture.set(.contentLength, "10")
    let uncoded = try #require(fixture.uncoded(10))
    #expect(uncoded.content == .none)
    try uncoded.finish()
  }

  @Test func `after a switch of protocols and in a tunnel there is no HTTP (RFC 9110 §9.3.6)`()
    throws
  {
    let upgrade = MachineFixture(status: .switchingProtocols)
    // HTTP/2 doesn't support it (RFC 9113 §8.6).
    #expect(MachineFixture(version: .http2, status: .switchingProtocols).uncoded(nil) == nil)
    #expect(try #require(upgrade.uncoded(nil)).content == .tunnel)
    let tunnel = try #require(MachineFixture(method: .connect).uncoded(nil))
    #expect(tunnel.content == .tunnel)
    #expect(!tunnel.closesConnection)
    let refused = MachineFixture(
      method: .connect, contentType: "image/png", status: .forbidden)
    #expect(try #require(refused.uncoded(2)).content == .counted(2))
  }

  @Test func `Connection close of the application closes, also where nothing is coded`() throws {
    let fixture = MachineFixture(contentType: "image/png")
    try fixture.set(.connection, "close")
    #expect(try #require(fixture.uncoded(10)).closesConnection)
  }
}
