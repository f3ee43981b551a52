import HTTPContentCoding
import HTTPOutputBuffering
import HTTPTypes
import Logging
import OutputBufferingTestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct AfterResponseServiceTests {
  typealias Settings = AfterResponseService.Settings

  private func finished(_ server: FakeServer, until gate: Gate) async throws -> ResponseExchange {
    let exchange = server.start { response in
      try await response.finish()
      await gate.wait()
    }
    _ = try await exchange.receiveAll()
    return exchange
  }

  @Test func `more than the limit keeps its connection until it is done`() async throws {
    let service = AfterResponseService(settings: Settings(maximumReleasedHandlers: 1))
    let server = FakeServer(service: service)
    let (first, second) = (Gate(), Gate())
    #expect(!service.isExhausted)
    let admitted = try await finished(server, until: first)
    #expect(service.isExhausted && service.releasedCount == 1)
    let kept = try await finished(server, until: second)
    #expect(admitted.isReleased && !kept.isReleased)
    // Leaving doesn't help either.
    kept.disconnected()
    #expect(!kept.isReleased)
    #expect(service.releasedCount == 1 && service.handlerCount == 2)
    second.open()
    await kept.released()
    #expect(kept.isReleased)
    first.open()
    await service.drain()
    #expect(service.releasedCount == 0 && service.handlerCount == 0)
  }

  @Test func `a handler that ignores its client is bounded too`() async throws {
    let service = AfterResponseService(settings: Settings(maximumReleasedHandlers: 1))
    let server = FakeServer(service: service, settings: { $0.ignoresDisconnect = true })
    let gate = Gate()
    let exchanges = (0..<2).map { _ in server.start { _ in await gate.wait() } }
    for exchange in exchanges {
      exchange.disconnected()
      exchange.disconnected()
    }
    #expect(exchanges.map(\.isReleased) == [true, false])
    #expect(service.releasedCount == 1)
    gate.open()
    await exchanges[1].released()
    await service.drain()
  }

  @Test func `a handler that outstays its time limit is bounded, and holds no connection`()
    async throws
  {
    let service = AfterResponseService(settings: Settings(maximumReleasedHandlers: 1))
    let server = FakeServer(service: service, settings: { $0.timeLimit = .milliseconds(1) })
    let gate = Gate()
    let first = server.start { _ in await gate.wait() }
    #expect(try await first.receiveAll().failure is ResponseError)
    await first.released()
    #expect(service.releasedCount == 1)
    let second = server.start { _ in await gate.wait() }
    _ = try await second.receiveAll()
    #expect(!second.isReleased)
    gate.open()
    await second.released()
    await service.drain()
  }

  @Test func `a handler that ignores its cancellation is bounded too`() async throws {
    let service = AfterResponseService(settings: Settings(maximumReleasedHandlers: 1))
    let server = FakeServer(service: service)
    let gate = Gate()
    let exchanges = (0..<2).map { _ in server.start { _ in await gate.wait() } }
    for exchange in exchanges { exchange.disconnected() }
    #expect(exchanges.map(\.isReleased) == [true, false])
    #expect(exchanges.map(\.keepsConnection) == [false, true])
    gate.open()
    await exchanges[1].released()
    await service.drain()
  }

  @Test(arguments: [false, true])
  func `a handler whose response to HEAD was all the server wanted is bounded too`(
    hasFinished: Bool
  ) async throws {
    let service = AfterResponseService(settings: Settings(maximumReleasedHandlers: 1))
    let server = FakeServer(service: service)
    let gate = Gate()
    for number in 0..<2 {
      let exchange = server.start(method: .head) { response in
        if hasFinished { try await response.finish() } else { try await response.flush() }
        await gate.wait()
        #expect(
          await code { try await response.write("late") } == (hasFinished ? nil : .disconnected))
        try await response.finish()
        server.log.add("\(number) \(response.connectionStatus)")
      }
      _ = await exchange.takeOne()
      exchange.abandoned()
      #expect(exchange.keepsConnection == (number == 1))
    }
    #expect(service.releasedCount == 1)
    gate.open()
    await service.drain()
    #expect(server.log.all.sorted() == ["0 finished", "1 finished"])
  }

  @Test(arguments: [ResponseSettings.Admission.keepsConnection, .refuses])
  func `new responses are refused only where that is asked for`(
    admission: ResponseSettings.Admission
  ) async throws {
    let service = AfterResponseService(settings: Settings(maximumReleasedHandlers: 0))
    let server = FakeServer(service: service, settings: { $0.admission = admission })
    #expect(server.engine.refusesResponses == (admission == .refuses))
  }

  @Test func `submitted work is admitted up to the limit`() async throws {
    let service = AfterResponseService(settings: Settings(maximumReleasedHandlers: 1))
    let gate = Gate()
    let log = EventLog()
    #expect(
      service.submit(named: "a") {
        await gate.wait()
        log.add("a")
      })
    #expect(!service.submit(named: "b") { log.add("b") })
    #expect(service.handlerCount == 1)
    gate.open()
    await service.drain()
    #expect(log.all == ["a"])
    #expect(!service.submit(named: "c") { log.add("c") }, "draining")
    #expect(service.handlerCount == 0 && log.all == ["a"])
  }

  @Test func `a drain without work returns at once, and admits nothing after it`() async throws {
    let service = AfterResponseService(settings: Settings(drainDeadline: .seconds(600)))
    await service.drain()
    #expect(service.isExhausted)
    let server = FakeServer(service: service)
    let gate = Gate()
    let exchange = try await finished(server, until: gate)
    #expect(!exchange.isReleased)
    gate.open()
    await exchange.released()
  }

  @Test(arguments: [Duration.zero, .milliseconds(1)])
  func `after the deadline work is cancelled and named`(deadline: Duration) async throws {
    let recorder = RecordingLogHandler()
    let service = AfterResponseService(
      settings: Settings(drainDeadline: deadline, cancellationDeadline: .seconds(600)),
      logger: Logger(label: "test") { _ in recorder })
    let isAdmitted = service.submit(named: "POST /charge") {
      try? await untilCancelled()
      #expect(Task.isCancelled)
    }
    #expect(isAdmitted)
    await service.drain()
    #expect(service.handlerCount == 0)
    #expect(recorder.lines.contains("warning POST /charge"))
    #expect(!recorder.lines.contains { $0.hasPrefix("error") })
  }

  @Test func `work that starts after the deadline is cancelled at once`() async throws {
    let service = AfterResponseService(
      settings: Settings(drainDeadline: .zero, cancellationDeadline: .seconds(600)))
    let server = FakeServer(service: service)
    let (isCancelled, gate) = (Gate(), Gate())
    #expect(
      service.submit(named: "first") {
        try? await untilCancelled()
        isCancelled.open()
        await gate.wait()
      })
    async let drained: Void = service.drain()
    await isCancelled.wait()
    let late = server.start { response in
      try? await untilCancelled()
      server.log.add("late \(Task.isCancelled)")
    }
    _ = try await late.receiveAll()
    gate.open()
    await drained
    #expect(server.log.all == ["late true"])
  }

  @Test func `work that ignores its cancellation is named, and not waited for`() async throws {
    let recorder = RecordingLogHandler()
    let service = AfterResponseService(
      settings: Settings(drainDeadline: .zero, cancellationDeadline: .milliseconds(1)),
      logger: Logger(label: "test") { _ in recorder })
    let gate = Gate()
    #expect(service.submit(named: "stuck") { await gate.wait() })
    await service.drain()
    #expect(recorder.lines.contains("error stuck"))
    #expect(service.handlerCount == 1)
    gate.open()
    await service.drain()
    #expect(service.handlerCount == 0)
  }

  @Test func `a drain that is cancelled cancels at once, and gives the work its time`() async throws
  {
    let recorder = RecordingLogHandler()
    let service = AfterResponseService(
      settings: Settings(drainDeadline: .seconds(600), cancellationDeadline: .seconds(600)),
      logger: Logger(label: "test") { _ in recorder })
    #expect(service.submit(named: "work") { try? await untilCancelled() })
    let drain = Task {
      unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
      await service.drain()
    }
    await drain.value
    #expect(service.handlerCount == 0)
    #expect(recorder.lines == ["info 1 work", "warning work"])
  }

  @Test func `the longest of all durations is for ever`() async throws {
    let service = AfterResponseService(
      settings: Settings(
        drainDeadline: .seconds(Int64.max), cancellationDeadline: .seconds(Int64.max)))
    let gate = Gate()
    #expect(service.submit(named: "work") { await gate.wait() })
    async let drain: Void = service.drain()
    gate.open()
    await drain
    #expect(service.handlerCount == 0)
    let server = FakeServer(settings: { $0.timeLimit = .seconds(Int64.max) })
    _ = try await server.respond { try await $0.write("hello") }
    await server.idle()
  }

  @Test func `several drains wait side by side`() async throws {
    let service = AfterResponseService()
    let gate = Gate()
    #expect(service.submit(named: "work") { await gate.wait() })
    async let first: Void = service.drain()
    async let second: Void = service.drain()
    gate.open()
    _ = await (first, second)
    #expect(service.handlerCount == 0)
  }
}
