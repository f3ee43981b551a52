import GzipContentCoding
import HTTPContentCoding
import HTTPOutputBuffering
import HTTPTypes
import Testing

/// Which bytes of a body in parts are due, and when; tests pass the time.
@Suite struct BodyCoderTests {
  typealias Bytes = ContiguousArray<UInt8>
  typealias Part = BodyPart<Bytes>
  struct Failure: Error {}

  /// A coder with its client and a clock that stands still.
  private final class Fixture {
    var coder: BodyCoder<Bytes>
    let client = WireClient()
    var now = ContinuousClock.now

    init(
      length: Int? = nil, delivery: BodyCoder<Bytes>.Delivery = .atOnce,
      type: String = "text/html", declares: Int? = nil
    ) {
      var head = HTTPResponse(status: .ok, headerFields: [.contentType: type])
      head.headerFields[.contentLength] = declares.map(String.init)
      let machine = ResponseMachine(
        request: RequestMetadata(
          method: .get, acceptEncoding: AcceptEncoding(fieldValues: ["gzip"])),
        head: head, settings: ResponseSettings(codings: [.gzip(level: 6)]))
      coder = BodyCoder(
        machine: machine, bodyByteCount: length, delivery: delivery,
        latencyBound: .milliseconds(10), at: now)
    }

    /// Accepts parts and sends what is due.
    ///
    /// - Returns: How long to wait for the next part.
    @discardableResult
    func take(_ parts: Part...) throws -> Duration? {
      for part in parts { coder.take(part) }
      while true {
        switch try coder.next(at: now) {
        case .send(let output): try client.receive(output)
        case .wait(let limit): return limit
        }
      }
    }

    func wait(_ duration: Duration) throws -> Duration? {
      now += duration
      return try take()
    }

    var framing: MessageFraming? { client.head?.framing }
    var isWhole: Bool { framing == .contentLength(client.wireBytes.count) && client.isComplete }
  }

  private static func bytes(_ text: String) -> Part { .bytes(Bytes(text.utf8)) }
  private static let page = String(repeating: "<p>text</p>", count: 1000)

  @Test(arguments: [BodyCoder<Bytes>.Delivery.atOnce, .inPieces])
  func `a body of known length that ends in time is whole`(
    delivery: BodyCoder<Bytes>.Delivery
  ) throws {
    let fixture = Fixture(length: 2 * Self.page.utf8.count, delivery: delivery)
    try fixture.take(Self.bytes(Self.page))
    #expect(fixture.client.head == nil)
    #expect(try fixture.wait(.milliseconds(5)) != nil)
    try fixture.take(Self.bytes(Self.page), .end(trailers: nil))
    #expect(fixture.isWhole && fixture.client.contentEncoding == "gzip")
    #expect(fixture.client.text == Self.page + Self.page)
  }

  @Test func `nothing of a body of known length that isn't there is waited for for ever`() throws {
    let handed = Fixture(length: 100)
    #expect(try handed.take() == nil)
    let pieces = Fixture(length: 100, delivery: .inPieces)
    #expect(try pieces.take() == .milliseconds(100))
    _ = try pieces.wait(.milliseconds(100))
    #expect(pieces.framing == .chunked)
  }

  @Test func `a body of known length that stops halfway is streamed after the latency bound`()
    throws
  {
    let fixture = Fixture(length: 2 * Self.page.utf8.count)
    #expect(try fixture.take(Self.bytes(Self.page)) == .milliseconds(10))
    #expect(try fixture.wait(.milliseconds(9)) == .milliseconds(1))
    #expect(fixture.client.head == nil)
    #expect(try fixture.wait(.milliseconds(1)) == nil)
    #expect(fixture.framing == .chunked && fixture.client.text == Self.page)
    try fixture.take(Self.bytes(Self.page), .end(trailers: nil))
    #expect(fixture.client.text == Self.page + Self.page && fixture.client.isComplete)
  }

  @Test func `what comes in pieces is waited for by the piece, and not for ever`() throws {
    let fixture = Fixture(length: 100_000, delivery: .inPieces)
    for _ in 0..<10 {
      #expect(try fixture.take(Self.bytes("piece")) == .milliseconds(100))
      #expect(try fixture.wait(.milliseconds(95)) == .milliseconds(5))
    }
    #expect(try fixture.take(Self.bytes("piece")) == .milliseconds(50))
    #expect(fixture.client.head == nil)
    _ = try fixture.wait(.milliseconds(50))
    #expect(fixture.client.text == String(repeating: "piece", count: 11))
  }

  @Test func `a body that has come and has no end yet is whole after the latency bound`() throws {
    let fixture = Fixture(length: Self.page.utf8.count)
    try fixture.take(Self.bytes(Self.page))
    _ = try fixture.wait(.milliseconds(10))
    #expect(fixture.isWhole && fixture.client.text == Self.page)
  }

  @Test func `a stream's head leaves after the latency bound, and so does each part`() throws {
    let fixture = Fixture()
    #expect(try fixture.take() == .milliseconds(10))
    #expect(try fixture.wait(.milliseconds(10)) == nil)
    #expect(fixture.framing == .chunked)
    for count in 1...3 {
      #expect(try fixture.take(Self.bytes("one")) == .milliseconds(10))
      // Later parts don't postpone it.
      #expect(try fixture.wait(.milliseconds(6)) == .milliseconds(4))
      #expect(try fixture.take(Self.bytes("two")) == .milliseconds(4))
      #expect(try fixture.wait(.milliseconds(4)) == nil)
      #expect(fixture.client.text == String(repeating: "onetwo", count: count))
    }
  }

  @Test func `a part of any length is sent in slices`() throws {
    let fixture = Fixture()
    let text = String(repeating: Self.page, count: 100)
    fixture.coder.take(Self.bytes(text))
    var outputCount = 0
    while case .send(let output) = try fixture.coder.next(at: fixture.now) {
      try fixture.client.receive(output)
      outputCount += 1
    }
    try fixture.take(.end(trailers: nil))
    #expect(outputCount > 0 && fixture.framing == .chunked)
    #expect(fixture.client.text == text && fixture.client.isComplete)
  }

  @Test(arguments: [nil, 22])
  func `an event leaves at once`(length: Int?) throws {
    let fixture = Fixture(length: length, delivery: .inPieces, type: "text/event-stream")
    try fixture.take(Self.bytes("data: one\n\n"))
    #expect(fixture.client.text == "data: one\n\n")
    try fixture.take(Self.bytes("data: two\n\n"), .end(trailers: nil))
    #expect(fixture.client.text == "data: one\n\ndata: two\n\n" && fixture.client.isComplete)
  }

  @Test(arguments: [-1, 1])
  func `a body of another length than it says fails`(surplus: Int) throws {
    let fixture = Fixture(length: Self.page.utf8.count + 10)
    try fixture.take(Self.bytes(Self.page))
    let rest = String(repeating: "b", count: 10 + surplus)
    #expect(throws: ResponseError.self) {
      try fixture.take(Self.bytes(rest), .end(trailers: nil))
    }
    #expect(fixture.client.head == nil)
  }

  @Test(arguments: [nil, 100])
  func `a body that fails, or forgets its end, is broken off`(length: Int?) throws {
    for part in [Part.failed(Failure()), .failed(UnfinishedBody())] {
      let fixture = Fixture(length: length)
      #expect(throws: (any Error).self) { try fixture.take(Self.bytes("text"), part) }
      #expect(fixture.coder.machine.hasEnded && fixture.client.head == nil)
    }
  }

  @Test func `nothing that follows the end is looked at`() throws {
    let fixture = Fixture()
    try fixture.take(
      Self.bytes(Self.page), .end(trailers: nil), Self.bytes("late"), .failed(Failure()))
    #expect(fixture.isWhole && fixture.client.text == Self.page)
  }
}
