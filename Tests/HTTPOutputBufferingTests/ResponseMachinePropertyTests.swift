import GzipContentCoding
import HTTPContentCoding
import HTTPOutputBuffering
import HTTPTypes
import OutputBufferingTestSupport
import Testing

/// The invariants, for random sequences of all events of a response.
@Suite struct ResponseMachinePropertyTests {
  /// The bytes that a client must receive, and those that it must be able to decode by now.
  private struct Model {
    var body: [UInt8] = []
    var isOpen = true
    var hasEnded = false
    var isAborted = false
  }

  static let seedCount = 8_000
  private static let noise: [UInt8] = {
    var random = SeededGenerator(seed: 0)
    return (0..<71_000).map { _ in UInt8.random(in: 0...255, using: &random) }
  }()

  @Test(arguments: 0..<8)
  func `the message is whole and exact, or visibly broken`(part: UInt64) throws {
    let count = UInt64(Self.seedCount / 8)
    for seed in (part * count)..<((part + 1) * count) {
      do {
        try run(seed)
      } catch {
        Issue.record("seed \(seed): \(error)")
      }
    }
  }

  private func run(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let gzip = ContentCodingOffer(
      coding: .gzip, pool: .gzip(level: 1, idleEncoderLimit: 1))
    let deflate = ContentCodingOffer(
      coding: .deflate, pool: .deflate(level: 9, idleEncoderLimit: 1))
    let fixture = makeFixture(&random, gzip: gzip, deflate: deflate)
    var model = Model()
    for _ in 0..<Int.random(in: 1...25, using: &random) {
      try step(fixture, &model, &random)
      #expect(fixture.isOpen == model.isOpen, "seed \(seed)")
    }
    if !model.hasEnded {
      let error = code { try fixture.machine.finish() }
      switch error {
      case nil: break
      case .declaredLengthExceeded?, .declaredLengthNotReached?:
        model.isAborted = true
        fixture.machine.abort()
      default: Issue.record("seed \(seed): \(String(describing: error))")
      }
      try fixture.send()
    }
    // 7: nothing is leaked. 1, 2: the client has checked lengths, framing and the coding's end.
    #expect(gzip.pool.liveCount == 0 && deflate.pool.liveCount == 0, "seed \(seed)")
    #expect(fixture.client.isAborted == model.isAborted, "seed \(seed)")
    if fixture.client.isComplete {
      #expect(fixture.client.content == expectedContent(fixture, model), "seed \(seed)")
    } else {
      #expect(expectedContent(fixture, model).starts(with: fixture.client.content), "seed \(seed)")
    }
    // Nothing is output after the end.
    try? fixture.write("late")
    try? fixture.machine.flush()
    try? fixture.machine.finish()
    #expect(fixture.takeOutput().isEmpty, "seed \(seed)")
  }

  private func makeFixture(
    _ random: inout SeededGenerator, gzip: ContentCodingOffer, deflate: ContentCodingOffer
  ) -> MachineFixture {
    let offers = [[gzip], [deflate, gzip], []].randomElement(using: &random)!
    return MachineFixture(
      method: [.get, .get, .post, .head, .connect].randomElement(using: &random)!,
      version: [.http1_0, .http1_1, .http2].randomElement(using: &random)!,
      acceptEncoding: [
        nil, "", "gzip", "deflate, gzip;q=0.5", "*", "*;q=0", "identity;q=0, gzip", "gzip;q=x",
        "br",
      ].randomElement(using: &random)!,
      contentType: [
        nil, "text/html", "image/png", "text/event-stream", "application/json",
      ].randomElement(using: &random)!,
      status: HTTPResponse.Status(
        code: [200, 200, 200, 204, 205, 206, 304, 404, 500].randomElement(using: &random)!),
      offer: gzip
    ) { settings in
      settings.codings = offers
      settings.maximumBufferedBytes = [0, 1, 100, 5000, 65536].randomElement(using: &random)!
      settings.maximumUnsentBytes = [0, 100_000, 16 << 20].randomElement(using: &random)!
      settings.policy.minimumByteCount = [0, 1, 1024].randomElement(using: &random)!
      settings.policy.mode = [.automatic, .automatic, .force, .off].randomElement(
        using: &random)!
      settings.policy.refusesUnacceptable = Bool.random(using: &random)
      settings.explainsDecision = Bool.random(using: &random)
    }
  }

  private func step(
    _ fixture: MachineFixture, _ model: inout Model, _ random: inout SeededGenerator
  ) throws {
    switch Int.random(in: 0..<20, using: &random) {
    case 0..<9: write(fixture, &model, &random)
    case 9..<12: try flush(fixture, &model)
    case 12:
      let length = ["0", "100", "\(model.body.count)", nil].randomElement(using: &random)!
      let error = code { try fixture.set(.contentLength, length) }
      #expect(error == refusal(model))
    case 13:
      let status = [200, 204, 205, 304, 404].randomElement(using: &random)!
      _ = code { try fixture.setStatus(.init(code: status)) }
    case 14:
      let error = code { try fixture.machine.reset() }
      #expect(error == refusal(model))
      if error == nil { model.body = [] }
    case 15: _ = code { try fixture.machine.setTrailers([.eTag: "\"t\""]) }
    case 16: _ = code { try fixture.machine.sendInformational(.init(status: .earlyHints)) }
    case 17: try fixture.send()
    case 18 where Int.random(in: 0..<4, using: &random) == 0:
      if !model.hasEnded {
        // A head that is the whole response has already ended.
        (model.hasEnded, model.isAborted, model.isOpen) = (true, !fixture.client.isComplete, false)
      }
      fixture.machine.abort()
      try fixture.send()
    case 19: try finish(fixture, &model)
    default: fixture.machine.closeConnectionAtEnd()
    }
    if !fixture.isOpen { model.isOpen = false }
  }

  private func write(
    _ fixture: MachineFixture, _ model: inout Model, _ random: inout SeededGenerator
  ) {
    let count = [0, 1, 10, 700, 3000, 70_000].randomElement(using: &random)!
    var bytes =
      Bool.random(using: &random)
      ? Array(Self.noise[Int.random(in: 0..<1000, using: &random)...].prefix(count))
      : [UInt8](repeating: 0x61, count: count)
    if count > 0 && Bool.random(using: &random) { bytes[count - 1] = 0x0A }
    let before = (fixture.byteCountIn, fixture.discardedByteCount, fixture.isOpen)
    let error = code { try fixture.write(bytes) }
    guard error == nil else {
      #expect([.declaredLengthExceeded, .unsentLimitExceeded].contains(error))
      #expect(before == (fixture.byteCountIn, fixture.discardedByteCount, fixture.isOpen))
      return
    }
    // Every byte is content or discarded, never both and never neither.
    #expect(
      fixture.byteCountIn + fixture.discardedByteCount == before.0 + before.1 + bytes.count)
    if fixture.discardedByteCount == before.1 { model.body += bytes }
  }

  /// 3: what was flushed is decodable without any later byte.
  private func flush(_ fixture: MachineFixture, _ model: inout Model) throws {
    if let error = code(of: { try fixture.machine.flush() }) {
      #expect(error == .declaredLengthExceeded && fixture.isOpen)
      return
    }
    try fixture.send()
    guard !model.hasEnded else { return }
    #expect(fixture.client.head != nil)
    #expect(fixture.client.content == expectedContent(fixture, model))
  }

  private func finish(_ fixture: MachineFixture, _ model: inout Model) throws {
    let error = code { try fixture.machine.finish() }
    if error != nil && fixture.isOpen { return }
    if error != nil { model.isAborted = true }
    (model.hasEnded, model.isOpen) = (true, false)
    try fixture.send()
  }

  /// The bytes that reached the machine, if its message can carry them.
  private func expectedContent(_ fixture: MachineFixture, _ model: Model) -> [UInt8] {
    let head = fixture.client.head
    return head?.framing == .noContent || fixture.decision?.isRefused == true ? [] : model.body
  }

  private func refusal(_ model: Model) -> ResponseError.Code? {
    model.hasEnded ? .ended : model.isOpen ? nil : .committed
  }
}
