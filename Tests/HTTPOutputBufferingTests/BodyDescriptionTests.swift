import HTTPContentCoding
import HTTPOutputBuffering
import HTTPTypes
import Testing

/// What an encoder is told about a body, and the form in which it receives it.
@Suite struct BodyDescriptionTests {
  private static let page = Array(String.big.utf8)

  private func fixture(
    _ log: EncoderLog, wholeBodyLimit: Int = 1 << 20, contentType: String = "text/html"
  ) -> MachineFixture {
    MachineFixture(contentType: contentType, offer: log.offer(wholeBodyLimit: wholeBodyLimit))
  }

  @Test(arguments: [1, 1000, .max])
  func `a whole body goes to its own encoder by one call, however it is cut`(slice: Int) throws {
    let log = EncoderLog()
    let fixture = fixture(log)
    try fixture.write(.big)
    #expect(try fixture.machine.finish(coding: slice))
    #expect(
      log.entries == [
        .made(wholeBodyLimit: 1 << 20),
        .begin(BodyDescription(byteCount: Self.page.count, kind: .text)),
        .encode(Self.page.count, .finish), .reset,
      ])
  }

  @Test(arguments: [1, 1000, .max])
  func `so does one that an adapter keeps`(slice: Int) throws {
    let log = EncoderLog()
    let fixture = fixture(log, contentType: "font/ttf")
    let result = try fixture.machine.finish(
      keeping: Self.page.span, trailers: nil, coding: slice)
    guard case .done = result else {
      Issue.record("\(result)")
      return
    }
    #expect(
      log.entries.dropFirst() == [
        .begin(BodyDescription(byteCount: Self.page.count, kind: .font)),
        .encode(Self.page.count, .finish), .reset,
      ])
  }

  @Test func `one beyond the encoder's limit goes to that of streams, in slices`() throws {
    let log = EncoderLog()
    let fixture = fixture(log, wholeBodyLimit: Self.page.count - 1)
    try fixture.write(.big)
    while try !fixture.machine.finish(coding: 4000) {}
    #expect(
      log.entries == [
        .made(wholeBodyLimit: Self.page.count - 1), .reset, .made(wholeBodyLimit: 0),
        .begin(BodyDescription(byteCount: Self.page.count, kind: .text)),
        .encode(4000, .none), .encode(Self.page.count - 4000, .finish), .reset,
      ])
  }

  @Test func `one pool for both kinds is asked once`() throws {
    let log = EncoderLog()
    let pool = log.pool(wholeBodyLimit: 100)
    let fixture = MachineFixture(offer: ContentCodingOffer(coding: .gzip, pool: pool))
    #expect(fixture.gzip.wholePool === pool)
    try fixture.write(.big)
    try fixture.machine.finish()
    #expect(log.entries.count { $0 == .made(wholeBodyLimit: 100) } == 1)
  }

  @Test(arguments: [String(page.count), nil])
  func `a stream's encoder learns the declared length`(contentLength: String?) throws {
    let log = EncoderLog()
    let fixture = fixture(log, contentType: "application/wasm")
    try fixture.set(.contentLength, contentLength)
    try fixture.write(Array(Self.page.prefix(3000)))
    try fixture.machine.flush()
    try fixture.write(Array(Self.page.dropFirst(3000)))
    try fixture.machine.finish()
    let body = BodyDescription(byteCount: contentLength.flatMap { Int($0) }, kind: .other)
    #expect(
      log.entries == [
        .made(wholeBodyLimit: 0), .begin(body), .encode(3000, .none), .encode(0, .sync),
        .encode(Self.page.count - 3000, .none), .encode(0, .finish), .reset,
      ])
  }

  @Test func `a length that the framework tells is as good as one that is declared`() throws {
    let log = EncoderLog()
    let fixture = fixture(log)
    fixture.machine.expect(bodyByteCount: 8000)
    try fixture.write(.big)
    try fixture.machine.flush()
    #expect(log.entries.contains(.begin(BodyDescription(byteCount: 8000, kind: .text))))
  }

  @Test(arguments: [true, false])
  func `an encoder that fails to begin leaves the body as it is`(isWhole: Bool) throws {
    let log = EncoderLog()
    let pool = log.pool(wholeBodyLimit: 1 << 20, failsToBegin: true)
    let fixture = MachineFixture(offer: ContentCodingOffer(coding: .gzip, pool: pool))
    try fixture.write(.big)
    if !isWhole { try fixture.flush() }
    try fixture.finish()
    #expect(fixture.decision?.reason == .encoderFailed)
    #expect(fixture.client.content == Self.page && fixture.client.isComplete)
    #expect(pool.liveCount == 0)
  }
}
