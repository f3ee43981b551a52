import HTTPContentCoding
import HTTPOutputBuffering
import Logging
import OutputBufferingTestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct ShutdownTests {
  typealias Settings = AfterResponseService.Settings

  private static let forever = Duration.seconds(600)

  private let recorder = RecordingLogHandler()

  private func service(
    responses: Duration = forever, work: Duration = forever, cancelled: Duration = forever,
    maximum: Int = 1024
  ) -> AfterResponseService {
    AfterResponseService(
      settings: Settings(
        maximumReleasedHandlers: maximum, responseDeadline: responses, drainDeadline: work,
        cancellationDeadline: cancelled),
      logger: Logger(label: "test") { [recorder] _ in recorder })
  }

  @Test func `a handler is told, ends by itself, and its message is whole`() async throws {
    let service = service()
    let server = FakeServer(service: service)
    let exchange = server.start { response in
      #expect(!response.isShuttingDown && !response.shutdown.isUnderway)
      try await response.write("one,")
      try await response.flush()
      await response.shutdown.wait()
      #expect(response.isShuttingDown && !Task.isCancelled)
      try await response.write("two")
    }
    let first = try #require(await exchange.takeOne())
    let client = WireClient()
    try client.receive(first)
    service.beginShutdown()
    service.beginShutdown()
    exchange.acknowledge()
    guard case .output(let last) = await exchange.next() else {
      Issue.record("no end")
      return
    }
    try client.receive(last)
    exchange.acknowledge()
    #expect(client.text == "one,two" && client.isComplete)
    await service.responsesEnded()
    await service.drain()
    #expect(!recorder.lines.contains { $0.hasPrefix("warning") })
  }

  @Test func `a child task can wait for the shutdown`() async throws {
    let service = service()
    let server = FakeServer(service: service)
    let exchange = server.start { response in
      let shutdown = response.shutdown
      async let told: Bool = {
        await shutdown.wait()
        return shutdown.isUnderway
      }()
      response.compressionMode = .off
      try await response.flush()
      try await response.write("told: \(await told)")
    }
    let head = await exchange.takeOne()
    #expect(head != nil)
    service.beginShutdown()
    exchange.acknowledge()
    let rest = await exchange.takeOne()
    #expect(rest.map { String(decoding: $0.body, as: UTF8.self) } == "told: true")
    exchange.acknowledge()
    await service.drain()
  }

  @Test func `a pause of a loop ends by its time, by the shutdown, and by cancellation`()
    async throws
  {
    let service = service()
    let isToldBefore = try await service.shutdown.wait(atMost: .milliseconds(1))
    #expect(!isToldBefore)
    let cancelled = Task { try await service.shutdown.wait(atMost: Self.forever) }
    cancelled.cancel()
    guard case .failure(let error) = await cancelled.result else {
      Issue.record("not cancelled")
      return
    }
    #expect(error is CancellationError)
    let waiting = Task { await service.shutdown.wait() }
    waiting.cancel()
    await waiting.value
    async let told = service.shutdown.wait(atMost: Self.forever)
    service.beginShutdown()
    let isTold = try await told
    let isToldLater = try await service.shutdown.wait(atMost: Self.forever)
    #expect(isTold && isToldLater)
  }

  @Test(arguments: [false, true])
  func `what is underway after the deadline is cancelled, broken off and named`(
    ignoresDisconnect: Bool
  ) async throws {
    let service = service(responses: .milliseconds(1))
    let server = FakeServer(service: service)
    let exchange = server.start { response in
      response.ignoresDisconnect = ignoresDisconnect
      try response.atEnd { server.log.add("end \($0)") }
      try await response.write("one")
      try await response.flush()
      try? await untilCancelled()
      #expect(Task.isCancelled)
      #expect(await code { try await response.write("two") } == .timedOut)
    }
    _ = try #require(await exchange.takeOne())
    exchange.acknowledge()
    service.beginShutdown()
    #expect(try await exchange.receiveAll().wasAborted)
    await service.responsesEnded()
    await service.drain()
    #expect(server.log.all == ["end timedOut"])
    #expect(recorder.lines.contains("warning 1 test"))
    #expect(!recorder.lines.contains { $0.hasPrefix("error") })
  }

  @Test func `a handler that has sent nothing by the deadline is answered for with an error`()
    async throws
  {
    let service = service(responses: .zero)
    let server = FakeServer(service: service)
    let exchange = server.start { _ in try await untilCancelled() }
    service.beginShutdown()
    let failure = try await exchange.receiveAll().failure
    #expect((failure as? ResponseError)?.code == .timedOut)
    await service.drain()
  }

  @Test func `what begins after the deadline is cut off at once`() async throws {
    let service = service(responses: .zero)
    let server = FakeServer(service: service)
    let first = server.start { _ in try await untilCancelled() }
    service.beginShutdown()
    _ = try await first.receiveAll()
    let late = server.start { _ in try await untilCancelled() }
    #expect(try await late.receiveAll().failure != nil)
    await service.drain()
  }

  @Test func `the deadline for responses doesn't touch the work after them`() async throws {
    let service = service(responses: .zero)
    let server = FakeServer(service: service)
    let gate = Gate()
    let finished = server.start { response in
      try await response.finish()
      await gate.wait()
      server.log.add("work cancelled: \(Task.isCancelled)")
    }
    _ = try await finished.receiveAll()
    let unfinished = server.start { _ in try await untilCancelled() }
    service.beginShutdown()
    // When this one is cut off, the deadline has passed.
    _ = try await unfinished.receiveAll()
    await service.responsesEnded()
    gate.open()
    await service.drain()
    #expect(server.log.all == ["work cancelled: false"])
  }

  @Test func `work that a full service lets keep its connection has the deadline for work`()
    async throws
  {
    let service = service(responses: .zero, work: .milliseconds(50), maximum: 0)
    let server = FakeServer(service: service)
    let exchange = server.start { response in
      try await response.finish()
      try? await untilCancelled()
      server.log.add("cancelled")
    }
    _ = try await exchange.receiveAll()
    #expect(exchange.keepsConnection)
    service.beginShutdown()
    // The drain isn't running: the server waits for the connection.
    await exchange.released()
    await service.responsesEnded()
    #expect(server.log.all == ["cancelled"])
    #expect(recorder.lines.contains("warning test"))
  }

  @Test(arguments: [false, true])
  func `a handler that ignores its cancellation keeps no connection`(isFinished: Bool) async throws
  {
    let service = service(
      responses: .zero, work: .zero, cancelled: .milliseconds(1), maximum: 0)
    let server = FakeServer(service: service)
    let gate = Gate()
    let exchange = server.start { response in
      if isFinished { try await response.finish() } else { try await response.flush() }
      await gate.wait()
    }
    if isFinished {
      _ = try await exchange.receiveAll()
    } else {
      _ = await exchange.takeOne()
      exchange.acknowledge()
    }
    service.beginShutdown()
    await exchange.released()
    await service.responsesEnded()
    #expect(service.handlerCount == 1)
    gate.open()
    await server.idle()
  }

  @Test(arguments: [false, true])
  func `a response of which the service runs no handler keeps no connection either`(
    isLate: Bool
  ) async throws {
    let service = service(responses: .zero, cancelled: .milliseconds(1))
    let first = StubbornResponse()
    service.track(first)
    service.beginShutdown()
    await service.responsesEnded()
    #expect(first.events.all == ["cut off", "released"])
    guard isLate else { return }
    let late = StubbornResponse()
    service.track(late)
    await service.responsesEnded()
    #expect(late.events.all == ["cut off", "released"])
    withExtendedLifetime((first, late)) {}
  }

  @Test func `one connection can be shut down alone`() async throws {
    let service = service(responses: .zero)
    let server = FakeServer(service: service)
    let gate = Gate()
    let other = server.start { response in
      await gate.wait()
      server.log.add("other: \(response.isShuttingDown)")
    }
    let exchange = server.start { response in
      await response.shutdown.wait()
      server.log.add("told: \(response.isShuttingDown)")
      try await untilCancelled()
    }
    exchange.beginShutdown()
    exchange.beginShutdown()
    #expect(try await exchange.receiveAll().failure != nil)
    #expect(!service.shutdown.isUnderway)
    gate.open()
    _ = try await other.receiveAll()
    #expect(server.log.all == ["told: true", "other: false"])
    await service.drain()
  }

  @Test func `waiting for responses ends with the caller's task`() async throws {
    let service = service()
    let server = FakeServer(service: service)
    let gate = Gate()
    let exchange = server.start { _ in await gate.wait() }
    let waiting = Task { await service.responsesEnded() }
    waiting.cancel()
    await waiting.value
    gate.open()
    _ = try await exchange.receiveAll()
    await service.drain()
  }

  @Test func `the drain's line names the first of the work it waits for, and counts the rest`()
    async throws
  {
    let gate = Gate()
    let recorder = RecordingLogHandler { gate.open() }
    let service = AfterResponseService(
      settings: Settings(drainDeadline: Self.forever),
      logger: Logger(label: "test") { _ in recorder })
    for number in 1...12 {
      #expect(service.submit(named: "work \(number)") { await gate.wait() })
    }
    await service.drain()
    let names = (1...10).map { "work \($0)" }.joined(separator: ", ")
    #expect(recorder.lines == ["info 12 \(names) and 2 more"])
  }
}

/// A response that continues regardless of cancellation.
private final class StubbornResponse: ServedResponse {
  let events = EventLog()
  let name = "GET /stream"

  func cutOff() -> Bool {
    events.add("cut off")
    return true
  }

  func releaseConnection() { events.add("released") }
}
