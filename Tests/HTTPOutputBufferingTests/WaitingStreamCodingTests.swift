import GzipContentCoding
import HTTPContentCoding
import HTTPOutputBuffering
import HTTPTypes
import Testing

/// The coding of a stream if the first offer's encoders don't support suspension.
@Suite struct WaitingStreamCodingTests {
  private static func fixture(
    _ acceptEncoding: String = "gzip, zstd", method: HTTPRequest.Method = .get,
    contentType: String = "text/html", prefers: Bool = true
  ) -> MachineFixture {
    MachineFixture(method: method, acceptEncoding: acceptEncoding, contentType: contentType) {
      $0.codings.insert(StandInEncoder.offer(.zstd), at: 0)
      $0.prefersSuspendableCodings = prefers
    }
  }

  @Test func `A whole body takes the first that is offered`() throws {
    let fixture = Self.fixture()
    try fixture.write(.big)
    try fixture.machine.finish()
    #expect(fixture.decision?.coding == .zstd)
  }

  @Test func `So does one that grows beyond the buffer, and stays with it at a flush`() throws {
    let fixture = Self.fixture()
    for _ in 0..<20 { try fixture.write(.big) }
    #expect(fixture.decision?.coding == .zstd)
    try fixture.machine.flush()
    #expect(fixture.decision?.coding == .zstd)
    #expect(fixture.head.headerFields[.contentEncoding] == "zstd")
  }

  @Test(arguments: [0, 10, 6200])
  func `A flush before that takes one that can be left`(byteCount: Int) throws {
    let fixture = Self.fixture()
    try fixture.write(Array(String.big.utf8.prefix(byteCount)))
    try fixture.flush()
    #expect(fixture.decision?.coding == .gzip)
    #expect(fixture.client.contentEncoding == "gzip" && fixture.client.content.count == byteCount)
    #expect(fixture.gzip.pool.liveCount == 0)
  }

  @Test func `An event stream takes it whatever commits it`() throws {
    let events = Self.fixture(contentType: "text/event-stream")
    try events.write("data: 1\n\n")
    try events.send()
    #expect(events.client.contentEncoding == "gzip")
    let whole = Self.fixture(contentType: "text/event-stream")
    try whole.machine.finish(with: Array(String.big.utf8).span)
    try whole.send()
    #expect(whole.client.contentEncoding == "gzip")
  }

  @Test func `HEAD says what GET would`() throws {
    for (flushes, coding) in [(true, "gzip"), (false, "zstd")] {
      let fixture = Self.fixture(method: .head)
      try fixture.write(.big)
      if flushes { try fixture.flush() } else { try fixture.finish() }
      #expect(fixture.client.contentEncoding == coding)
    }
  }

  @Test func `The setting turns that off`() throws {
    for contentType in ["text/html", "text/event-stream"] {
      let fixture = Self.fixture(contentType: contentType, prefers: false)
      try fixture.write("data: 1\n\n")
      try fixture.machine.flush()
      #expect(fixture.decision?.coding == .zstd)
    }
  }

  @Test func `A client that accepts no such coding gets the other`() throws {
    let fixture = Self.fixture("zstd")
    try fixture.machine.flush()
    #expect(fixture.decision?.coding == .zstd)
  }

  /// The encoders would be those of the first offer, which can't be suspended.
  @Test func `A second offer of a coding doesn't count`() throws {
    let codings = [StandInEncoder.offer(.zstd), StandInEncoder.offer(.gzip), .gzip()]
    let settings = ResponseSettings(codings: codings)
    #expect(settings.offered == [.zstd, .gzip])
    let fixture = MachineFixture(acceptEncoding: "gzip, zstd") { $0.codings = codings }
    try fixture.write(.big)
    try fixture.machine.flush()
    #expect(fixture.decision?.coding == .zstd)
  }

  @Test func `The settings may change in any order`() throws {
    var settings = ResponseSettings(codings: [], prefersSuspendableCodings: false)
    settings.codings = [StandInEncoder.offer(.zstd), .gzip()]
    settings.prefersSuspendableCodings = true
    var machine = ResponseMachine(
      request: RequestMetadata(
        method: .get, version: .http1_1, acceptEncoding: AcceptEncoding(fieldValues: ["*"])),
      head: HTTPResponse(status: .ok, headerFields: [.contentType: "text/html"]),
      settings: settings)
    try machine.flush()
    let coding = machine.decision?.coding
    #expect(coding == .gzip)
  }
}
