import Dispatch
import HTTPContentCoding
import HTTPOutputBuffering
import HTTPTypes
import Logging
import OutputBufferingTestSupport
import Synchronization
import Testing

private let startsAtOnce: Bool = {
  if #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) { true } else { false }
}()

/// Handlers that run in the caller until they suspend, and what remains after they have returned.
@Suite(.timeLimit(.minutes(2)), .enabled(if: startsAtOnce)) struct ImmediateHandlerTests {
  private let recorder = RecordingLogHandler()
  private var logger: Logger { Logger(label: "test") { [recorder] _ in recorder } }

  /// Waits without suspending, like a handler that computes.
  private static func spin(until isDue: () -> Bool) -> Bool {
    let deadline = ContinuousClock.now + .seconds(30)
    while !isDue() {
      guard .now < deadline else { return false }
    }
    return true
  }

  @Test func `a handler that never suspends has its response ready, and nothing is waited for`()
    async throws
  {
    let server = FakeServer()
    let service = server.engine.service
    let exchange = server.start { response in
      try response.beforeCommit { $0.status = .created }
      try await response.write("hello")
    }
    guard case .output(let output) = exchange.nextIfReady() else {
      Issue.record("nothing ready")
      return
    }
    let client = WireClient()
    try client.receive(output)
    #expect(client.text == "hello" && client.isComplete)
    #expect(client.head?.response.status == .created)
    // A server that shuts down waits for the transport, which has its own deadline.
    #expect(exchange.isReleased && exchange.status == .open && service.handlerCount == 1)
    exchange.acknowledge(reusing: output.body)
    #expect(exchange.status == .finished && service.handlerCount == 0)
    #expect(server.gzip.pool.liveCount == 0)
  }

  @Test func `what waits already is given the end`() async throws {
    let server = FakeServer()
    let gate = Gate()
    let exchange = server.start { response in
      await gate.wait()
      try await response.write("hello")
    }
    #expect(exchange.nextIfReady() == nil)
    async let reception = exchange.receiveAll()
    gate.open()
    #expect(try await reception.client.text == "hello")
    #expect(exchange.status == .finished && server.engine.service.handlerCount == 0)
  }

  @Test(arguments: [false, true])
  func `a client that leaves before the transport has taken the end has left`(ignores: Bool)
    async throws
  {
    let server = FakeServer(settings: { $0.ignoresDisconnect = ignores })
    let service = server.engine.service
    for isTaken in [false, true] {
      let exchange = server.start(logger: logger) { try await $0.write("hello") }
      let log = EventLog()
      exchange.onBreakOff { log.add("interrupted") }
      if isTaken { #expect(exchange.nextIfReady() != nil) }
      exchange.disconnected()
      #expect(log.all == ["interrupted"])
      #expect(exchange.status == .aborted && service.handlerCount == 0)
      exchange.acknowledge()
      guard case .aborted = await exchange.next() else {
        Issue.record("not aborted")
        return
      }
      #expect(exchange.status == .aborted)
    }
    let told = recorder.messages.count {
      $0 == "debug the client left, or the time limit ran out, before the handler ended"
    }
    #expect(told == (ignores ? 0 : 2))
  }

  @Test func `the time limit counts until the transport has taken the end`() async throws {
    let server = FakeServer()
    let exchange = server.start { response in
      response.setTimeLimit(.milliseconds(1))
      try await response.write("hello")
    }
    #expect(await exchange.takeOne()?.end != nil)
    await server.idle()
    #expect(exchange.status == .timedOut)
  }

  @Test func `a shutdown breaks off what the transport doesn't take`() async throws {
    let service = AfterResponseService(
      settings: .init(responseDeadline: .zero), logger: logger)
    let server = FakeServer(service: service)
    let exchange = server.start { try await $0.write("hello") }
    #expect(await exchange.takeOne()?.end != nil)
    await service.responsesEnded()
    #expect(exchange.status == .timedOut && service.handlerCount == 0)
    #expect(recorder.lines.contains("warning 1 test"))
  }

  @Test func `with something to do at the end the handler's task waits`() async throws {
    let server = FakeServer()
    let exchange = server.start { response in
      try response.atEnd { server.log.add("\($0)") }
      try await response.write("hello")
    }
    #expect(await exchange.takeOne()?.end != nil)
    #expect(server.log.all.isEmpty)
    exchange.acknowledge()
    await server.idle()
    #expect(server.log.all == ["finished"])
  }

  @Test func `a response that its handler keeps takes nothing once the end is handed over`()
    async throws
  {
    final class Box: @unchecked Sendable { var response: BufferedResponse? }
    let box = Box()
    let server = FakeServer()
    let exchange = server.start { response in
      box.response = response
      try await response.write("hello")
    }
    let response = try #require(box.response)
    #expect(await code { try await response.write("late") } == .ended)
    #expect(code { try response.atEnd { _ in } } == .ended)
    let reception = try await exchange.receiveAll()
    #expect(reception.client.text == "hello")
  }

  @Test func `a handler that computes is cancelled when its client leaves`() async throws {
    let server = FakeServer()
    let outlet = server.engine.start(
      for: RequestMetadata(method: .get, acceptEncoding: AcceptEncoding(fieldValues: [])),
      head: HTTPResponse(status: .ok), name: .text("test"), logger: logger, takesFiles: false,
      begin: { exchange in
        // It runs on another thread while this one computes.
        DispatchQueue.global().async { exchange.disconnected() }
      }
    ) { _ in
      server.log.add("\(Self.spin { Task.isCancelled })")
    }
    #expect(server.log.all == ["true"])
    #expect(outlet.exchange.status == .aborted)
    await server.idle()
  }

  @Test func `no handler runs on an actor, or on a thread without a task`() async throws {
    actor Caller {
      func start(_ server: FakeServer, _ log: EventLog) { ImmediateHandlerTests.start(server, log) }
    }
    let server = FakeServer()
    let log = EventLog()
    await Caller().start(server, log)
    await server.idle()
    let other = FakeServer()
    let started = Gate()
    DispatchQueue.global().async {
      Self.start(other, log, isolation: nil)
      started.open()
    }
    await started.wait()
    await other.idle()
    #expect(log.all == ["true", "true"])
  }

  /// Starts a handler that waits, without suspending, until its start has returned.
  private static func start(
    _ server: FakeServer, _ log: EventLog, isolation: (any Actor)? = #isolation
  ) {
    final class Flag: Sendable { let isSet = Atomic(false) }
    let hasReturned = Flag()
    let outlet = server.engine.start(
      for: RequestMetadata(method: .get, acceptEncoding: AcceptEncoding(fieldValues: [])),
      name: "test", logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
      isolation: isolation
    ) { _ in
      log.add("\(spin { hasReturned.isSet.load(ordering: .acquiring) })")
    }
    hasReturned.isSet.store(true, ordering: .releasing)
    outlet.exchange.disconnected()
  }

  @Test(arguments: [false, true])
  func `an adapter that forgets a response has left it`(hasTaken: Bool) async throws {
    let server = FakeServer()
    do {
      var outlet = server.engine.start(
        for: RequestMetadata(method: .get, acceptEncoding: AcceptEncoding(fieldValues: [])),
        name: "test", logger: logger
      ) { response in
        try response.atEnd { server.log.add("end \($0)") }
        try await response.write("hello")
        try await response.flush()
        try await untilCancelled()
      }
      if hasTaken, case .output(let output) = await outlet.next() {
        #expect(output.head != nil)
      }
    }
    await server.idle()
    #expect(server.log.all == ["end aborted"])
  }

  @Test func `asking for the next output says that the last one is taken`() async throws {
    let server = FakeServer()
    var outlet = server.engine.start(
      for: RequestMetadata(method: .get, acceptEncoding: AcceptEncoding(fieldValues: [])),
      name: "test", logger: logger
    ) { response in
      try await response.write("one,")
      try await response.flush()
      try await response.write("two")
    }
    let client = WireClient()
    while !client.isComplete, case .output(let output) = await outlet.next() {
      try client.receive(output)
    }
    #expect(client.text == "one,two" && outlet.exchange.status == .open)
    outlet.acknowledge()
    #expect(outlet.exchange.status == .finished)
  }

  @Test func `the name of a handler is its request's method and path`() {
    let request = HTTPRequest(
      method: .post, scheme: nil, authority: nil, path: "/orders?token=secret")
    #expect(HandlerName(request).description == "POST /orders")
    #expect(HandlerName.text("work").description == "work")
  }
}
