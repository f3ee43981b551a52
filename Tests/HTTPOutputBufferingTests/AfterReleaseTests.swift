import HTTPOutputBuffering
import HTTPTypes
import Logging
import OutputBufferingTestSupport
import Synchronization
import Testing

/// The guarantees of `docs/early-finish.md`, without a socket and without a shutdown.
@Suite(.timeLimit(.minutes(2))) struct AfterReleaseTests {
  struct Failure: Error {}
  /// A hook may receive the response if nothing else uses it meanwhile.
  struct Shared: @unchecked Sendable { var response: BufferedResponse }

  @TaskLocal static var place = "nowhere"

  @Test(arguments: [true, false])
  func `work starts when the transport has taken the end, and not before`(
    isFinished: Bool
  ) async throws {
    let server = FakeServer()
    let (started, gate) = (Gate(), Gate())
    let exchange = server.start { response in
      try response.afterRelease(named: "work") {
        server.log.add("work")
        started.open()
      }
      try await response.write("hello")
      if !isFinished { return }
      try await response.finish()
      await gate.wait()
    }
    let output = try #require(await exchange.takeOne())
    #expect(output.end != nil && server.log.all.isEmpty)
    server.log.add("acknowledged")
    exchange.acknowledge()
    await started.wait()
    gate.open()
    await server.idle()
    #expect(server.log.all == ["acknowledged", "work"])
  }

  @Test func `work that is registered after the release starts at once`() async throws {
    let server = FakeServer()
    let started = Gate()
    _ = try await server.respond { response in
      try await response.finish()
      try response.afterRelease(named: "work") { started.open() }
      await started.wait()
      server.log.add("handler")
    }
    await server.idle()
    #expect(server.log.all == ["end", "handler"])
  }

  @Test(arguments: [true, false])
  func `work can be registered until the hooks at the end have run`(
    isFailing: Bool
  ) async throws {
    let server = FakeServer()
    let started = Gate()
    let kept = Handoff<Shared>()
    _ = try await server.respond { response in
      let shared = Shared(response: response)
      try response.atEnd { _ in
        #expect(
          code { try shared.response.afterRelease(named: "work") { started.open() } } == nil)
        await started.wait()
      }
      Task { try await kept.give(shared) }
      if isFailing { throw Failure() }
    }
    await server.idle()
    guard case .value(let shared) = await kept.take(within: nil) else { return }
    kept.close()
    #expect(code { try shared.response.afterRelease(named: "late") {} } == .ended)
  }

  @Test func `thousands of works of one response take no longer for being many`() async throws {
    let server = FakeServer()
    let count = 3000
    let ended = Mutex<[Int]>([])
    _ = try await server.respond { response in
      for _ in 0..<count { try response.afterRelease(named: "beside", runs: .concurrently) {} }
      for index in 0..<count {
        try response.afterRelease(named: "in order") { ended.withLock { $0.append(index) } }
      }
    }
    await server.idle()
    #expect(ended.withLock { $0 } == Array(0..<count))
  }

  @Test func `work runs in order, and what runs concurrently doesn't wait for it`() async throws {
    let server = FakeServer()
    let (first, beside) = (Gate(), Gate())
    _ = try await server.respond { response in
      try response.afterRelease(named: "first") {
        await first.wait()
        server.log.add("first")
      }
      try response.afterRelease(named: "second") { server.log.add("second") }
      try response.afterRelease(named: "beside", runs: .concurrently) {
        server.log.add("beside")
        beside.open()
      }
    }
    await beside.wait()
    first.open()
    await server.idle()
    #expect(server.log.all == ["end", "beside", "first", "second"])
  }

  @Test func `work that throws is logged, and touches nothing else`() async throws {
    let server = FakeServer()
    let recorder = RecordingLogHandler()
    let exchange = server.start(logger: Logger(label: "test") { _ in recorder }) { response in
      try response.afterRelease(named: "receipt") { throw Failure() }
      try response.afterRelease(named: "second") { server.log.add("second") }
      try response.atEnd { status in server.log.add("at end \(status)") }
    }
    let reception = try await exchange.receiveAll()
    await server.idle()
    #expect(reception.client.isComplete)
    #expect(recorder.lines.contains("error Failure() receipt"))
    #expect(recorder.messages.contains("error work after a response failed"))
    #expect(server.log.all.sorted() == ["at end finished", "second"])
  }

  @Test func `work that outlives its deadline is cancelled and named`() async throws {
    let server = FakeServer()
    let recorder = RecordingLogHandler()
    let exchange = server.start(logger: Logger(label: "test") { _ in recorder }) { response in
      try response.afterRelease(named: "slow", deadline: .milliseconds(1)) {
        try await untilCancelled()
      }
      try response.afterRelease(named: "next", deadline: .seconds(600)) {
        server.log.add("next, cancelled: \(Task.isCancelled)")
      }
    }
    _ = try await exchange.receiveAll()
    await server.idle()
    #expect(
      recorder.messages.contains("warning work after a response was cancelled at its deadline"))
    #expect(recorder.lines.contains { $0.hasSuffix("slow") })
    #expect(!recorder.lines.contains { $0.hasSuffix("next") || $0.hasPrefix("error") })
    #expect(server.log.all == ["next, cancelled: false"])
  }

  @Test(arguments: [true, false])
  func `work runs when the handler throws, before the commit and after it`(
    isCommitted: Bool
  ) async throws {
    let server = FakeServer()
    let reception = try await server.respond { response in
      try response.afterRelease(named: "work") { server.log.add("work") }
      try await response.write("hello")
      if isCommitted { try await response.flush() }
      throw Failure()
    }
    await server.idle()
    #expect(isCommitted ? reception.wasAborted : reception.failure is Failure)
    #expect(server.log.all == ["work"])
  }

  @Test(arguments: [true, false])
  func `work runs when its client has left before the end`(ignoresDisconnect: Bool) async throws {
    let server = FakeServer(settings: { $0.ignoresDisconnect = ignoresDisconnect })
    let (started, gate) = (Gate(), Gate())
    let exchange = server.start { response in
      try response.afterRelease(named: "work") {
        server.log.add("work, cancelled: \(Task.isCancelled)")
      }
      try response.beforeRelease { server.log.add("before release") }
      started.open()
      await gate.wait()
      server.log.add("handler, cancelled: \(Task.isCancelled)")
      try await response.write("hello")
    }
    await started.wait()
    exchange.disconnected()
    gate.open()
    _ = try await exchange.receiveAll()
    await server.idle()
    #expect(
      server.log.all == [
        "handler, cancelled: \(!ignoresDisconnect)", "before release", "work, cancelled: false",
      ])
  }

  @Test func `work goes on when its client leaves, and when the handler's time runs out`()
    async throws
  {
    let server = FakeServer()
    let (started, gate) = (Gate(), Gate())
    let exchange = server.start { response in
      try response.afterRelease(named: "work") {
        started.open()
        await gate.wait()
        server.log.add("work, cancelled: \(Task.isCancelled)")
      }
      try await response.finish()
      await started.wait()
      response.setTimeLimit(.milliseconds(1))
      try? await untilCancelled()
      server.log.add("handler, cancelled: \(Task.isCancelled)")
      gate.open()
    }
    _ = try await exchange.receiveAll()
    exchange.disconnected()
    await server.idle()
    #expect(server.log.all == ["handler, cancelled: true", "work, cancelled: false"])
  }

  @Test func `to HEAD work starts at the commit`() async throws {
    let server = FakeServer()
    let started = Gate()
    let exchange = server.start(method: .head) { response in
      try response.afterRelease(named: "work") { started.open() }
      try await response.flush()
      await started.wait()
      server.log.add("handler")
    }
    _ = try await exchange.receiveAll(log: server.log)
    await server.idle()
    #expect(server.log.all == ["end", "handler"])
  }

  @Test func `work beyond the limit keeps its connection, and its client has the answer`()
    async throws
  {
    let service = AfterResponseService(settings: .init(maximumReleasedHandlers: 1))
    let server = FakeServer(service: service)
    let gates = [Gate(), Gate()]
    var exchanges: [ResponseExchange] = []
    for gate in gates {
      let exchange = server.start { response in
        try response.afterRelease(named: "work") { await gate.wait() }
        try response.afterRelease(named: "beside", runs: .concurrently) { await gate.wait() }
      }
      #expect(try await exchange.receiveAll().client.isComplete)
      exchanges.append(exchange)
    }
    #expect(exchanges.map(\.isReleased) == [true, false])
    // All work of a response counts as one handler.
    #expect(service.releasedCount == 1 && service.handlerCount == 2)
    gates[1].open()
    await exchanges[1].released()
    gates[0].open()
    await service.drain()
    #expect(service.handlerCount == 0 && service.releasedCount == 0)
  }

  @Test func `work has the task-local values of the place where it was registered`() async throws {
    let server = FakeServer()
    let exchange = AfterReleaseTests.$place.withValue("request") {
      server.start { response in
        try response.afterRelease(named: "one") { server.log.add(AfterReleaseTests.place) }
        try AfterReleaseTests.$place.withValue("inside") {
          try response.afterRelease(named: "two", payload: 2) { number in
            server.log.add("\(AfterReleaseTests.place) \(number)")
          }
        }
      }
    }
    _ = try await exchange.receiveAll()
    await server.idle()
    #expect(server.log.all == ["request", "inside 2"])
  }
}
