import HTTPContentCoding
import HTTPOutputBuffering
import HTTPTypes
import OutputBuffering
import Testing

/// The field with the length of coded content before its coding.
@Suite struct ResponseMachinePlainLengthTests {
  private static let name = HTTPField.Name.uncompressedContentLength

  private func fixture(
    method: HTTPRequest.Method = .get, acceptEncoding: String? = "gzip",
    status: HTTPResponse.Status = .ok, maximumWholeBytes: Int = 1024 * 1024
  ) -> MachineFixture {
    MachineFixture(method: method, acceptEncoding: acceptEncoding, status: status) {
      $0.plainLengthField = Self.name
      $0.maximumWholeBytes = maximumWholeBytes
      $0.maximumBufferedBytes = min($0.maximumBufferedBytes, maximumWholeBytes)
    }
  }

  @Test func `a whole body that is coded says how long it was`() throws {
    let fixture = fixture()
    try fixture.write(.big)
    try fixture.finish()
    #expect(fixture.client.contentEncoding == "gzip")
    #expect(fixture.client.field(Self.name) == "6200")
    #expect(fixture.client.field(.contentLength) != "6200")
  }

  @Test func `by default nothing says it`() throws {
    let fixture = MachineFixture()
    try fixture.write(.big)
    try fixture.finish()
    #expect(fixture.client.contentEncoding == "gzip")
    #expect(fixture.client.field(Self.name) == nil)
  }

  @Test func `a stream says the length that was declared`() throws {
    let fixture = fixture()
    try fixture.set(.contentLength, "6200")
    try fixture.write(String(String.big.prefix(3000)))
    try fixture.flush()
    #expect(fixture.client.contentEncoding == "gzip")
    #expect(fixture.client.field(Self.name) == "6200")
    #expect(fixture.client.field(.contentLength) == nil)
    try fixture.write(String(String.big.dropFirst(3000)))
    try fixture.finish()
    #expect(fixture.client.text == .big)
  }

  @Test func `a stream says the length that an adapter has said`() throws {
    let fixture = fixture()
    fixture.machine.expect(bodyByteCount: 6200)
    try fixture.write(String(String.big.prefix(3000)))
    try fixture.flush()
    #expect(fixture.client.field(Self.name) == "6200")
  }

  @Test(
    arguments: [
      HTTPField.Name.contentLength, .contentEncoding, .transferEncoding, .connection, .vary, .eTag,
      .trailer, .contentRange, .contentType, .acceptRanges,
      HTTPField.Name("x-content-coding-decision")!,
    ])
  func `a field that means something else doesn't say it`(name: HTTPField.Name) throws {
    let fixture = MachineFixture {
      $0.plainLengthField = name
      $0.explainsDecision = true
    }
    try fixture.set(.contentType, "text/html")
    try fixture.set(.eTag, "\"a\"")
    try fixture.write(.big)
    try fixture.finish()
    #expect(fixture.client.contentEncoding == "gzip")
    #expect(fixture.client.field(name) != "6200")
    #expect(ResponseSettings(codings: [], plainLengthField: name).plainLengthField == nil)
  }

  @Test func `limits below zero are zero, also when they are set later`() {
    var settings = ResponseSettings(codings: [])
    settings.maximumBufferedBytes = -1
    settings.maximumWholeBytes = .min
    settings.maximumUnsentBytes = -5
    #expect(settings.maximumBufferedBytes == 0 && settings.maximumWholeBytes == 0)
    #expect(settings.maximumUnsentBytes == 0)
  }

  @Test func `a stream of unknown length says nothing`() throws {
    let fixture = fixture()
    try fixture.write(.big)
    try fixture.flush()
    #expect(fixture.client.contentEncoding == "gzip")
    #expect(fixture.client.field(Self.name) == nil)
  }

  @Test func `a body in memory that is too long to be coded whole says its length`() throws {
    let fixture = fixture(maximumWholeBytes: 2048)
    let text = String(repeating: String.big, count: 2)
    try fixture.machine.finish(with: Array(text.utf8).span)
    try fixture.send()
    #expect(fixture.client.contentEncoding == "gzip")
    #expect(fixture.client.field(Self.name) == "12400")
    #expect(fixture.client.field(.contentLength) == nil)
    #expect(fixture.client.text == text)
  }

  @Test func `so does a page that output buffers hold at the end`() async throws {
    let server = FakeServer(settings: { settings in
      settings.plainLengthField = Self.name
      settings.maximumBufferedBytes = 2048
      settings.maximumWholeBytes = 2048
    })
    let reception = try await server.respond { response in
      response.output.start()
      try await response.write(.big)
    }
    #expect(reception.client.contentEncoding == "gzip")
    #expect(reception.client.field(Self.name) == "6200")
    #expect(reception.client.text == .big)
  }

  @Test(arguments: ["identity", "gzip;q=0"])
  func `content that isn't coded goes without it`(acceptEncoding: String) throws {
    let fixture = fixture(acceptEncoding: acceptEncoding)
    try fixture.write(.big)
    try fixture.finish()
    #expect(fixture.client.field(.contentLength) == "6200")
    #expect(fixture.client.field(Self.name) == nil)
  }

  @Test func `content that coding makes no smaller goes without it`() throws {
    let fixture = fixture()
    var generator = UInt64(88_172_645_463_325_252)
    let bytes = (0..<4096).map { _ -> UInt8 in
      generator ^= generator << 13
      generator ^= generator >> 7
      generator ^= generator << 17
      return UInt8(truncatingIfNeeded: generator)
    }
    try fixture.write(bytes)
    try fixture.finish()
    #expect(fixture.client.contentEncoding == nil)
    #expect(fixture.client.field(Self.name) == nil)
  }

  @Test(arguments: [true, false])
  func `to HEAD it is what GET would have, where that is known`(isDeclared: Bool) throws {
    let fixture = fixture(method: .head)
    if isDeclared { try fixture.set(.contentLength, "6200") }
    try fixture.finish()
    #expect(fixture.client.field(Self.name) == (isDeclared ? "6200" : nil))
    #expect(fixture.client.contentEncoding == (isDeclared ? "gzip" : nil))
  }

  @Test func `a response without content goes without it`() throws {
    let fixture = fixture(status: .notModified)
    try fixture.set(.contentLength, "6200")
    try fixture.finish()
    #expect(fixture.client.field(Self.name) == nil)
  }

  @Test func `it replaces what the application says`() throws {
    let fixture = fixture()
    try fixture.set(Self.name, "1")
    try fixture.write(.big)
    try fixture.finish()
    #expect(fixture.client.field(Self.name) == "6200")
  }
}
