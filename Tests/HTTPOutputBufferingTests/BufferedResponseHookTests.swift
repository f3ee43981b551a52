import HTTPContentCoding
import HTTPOutputBuffering
import HTTPTypes
import OutputBufferingTestSupport
import Testing

/// Hooks run in order, exactly once, on every path, uncancelled.
@Suite(.timeLimit(.minutes(2))) struct BufferedResponseHookTests {
  enum Path: CaseIterable {
    case normal, early, throwBeforeCommit, throwAfterCommit, disconnect, disconnectIgnored
    case timeLimit, disconnectAfterFinish, lengthMismatch
  }
  struct Failure: Error {}

  @Test(arguments: Path.allCases)
  func `hooks run in order and once`(path: Path) async throws {
    let server = FakeServer()
    let started = Gate()
    let gate = Gate()
    let exchange = server.start(acceptEncoding: nil) { response in
      try response.atEnd { status in
        server.log.add("end1 \(status) \(Task.isCancelled)")
      }
      try response.beforeRelease { server.log.add("release1 \(Task.isCancelled)") }
      try response.beforeRelease { server.log.add("release2 \(Task.isCancelled)") }
      try response.atEnd { _ in server.log.add("end2 \(Task.isCancelled)") }
      response.ignoresDisconnect = path == .disconnectIgnored
      try await handle(path, response, started: started, gate: gate)
      server.log.add("returns")
    }
    if path == .disconnect || path == .disconnectIgnored {
      await started.wait()
      exchange.disconnected()
      gate.open()
    }
    _ = try await exchange.receiveAll(log: server.log)
    if path == .disconnectAfterFinish {
      exchange.disconnected()
      gate.open()
    }
    await server.idle()
    let log = server.log.all.filter { $0 != "end" && $0 != "returns" }
    let status: ConnectionStatus =
      switch path {
      case .normal, .early, .disconnectAfterFinish: .finished
      case .throwBeforeCommit, .lengthMismatch: .open
      case .throwAfterCommit, .disconnect, .disconnectIgnored: .aborted
      case .timeLimit: .timedOut
      }
    #expect(
      log == ["release1 false", "release2 false", "end1 \(status) false", "end2 false"])
    if let end = server.log.all.firstIndex(of: "end") {
      #expect(server.log.all[..<end].contains("release2 false"), "before the end is handed out")
    }
    #expect(exchange.status == status)
    #expect(server.engine.service.handlerCount == 0)
    #expect(server.gzip.pool.liveCount == 0)
  }

  private func handle(
    _ path: Path, _ response: BufferedResponse, started: Gate, gate: Gate
  ) async throws {
    try await response.write("hello")
    switch path {
    case .normal: break
    case .early:
      try await response.finish()
    case .throwBeforeCommit:
      throw Failure()
    case .throwAfterCommit:
      try await response.flush()
      throw Failure()
    case .disconnect, .disconnectIgnored:
      started.open()
      await gate.wait()
      #expect(Task.isCancelled == (path == .disconnect))
      try await response.write("world")
    case .timeLimit:
      response.setTimeLimit(.milliseconds(1))
      try await untilCancelled()
    case .disconnectAfterFinish:
      try await response.finish()
      await gate.wait()
      #expect(!Task.isCancelled)
      #expect(response.connectionStatus == .finished)
    case .lengthMismatch:
      try response.updateHead { $0.headerFields[.contentLength] = "100" }
    }
  }

  @Test func `hooks can't be registered once they have run`() async throws {
    let server = FakeServer()
    _ = try await server.respond { response in
      try response.beforeRelease { server.log.add("release") }
      try await response.finish()
      #expect(code { try response.beforeRelease {} } == .ended)
      try response.atEnd { _ in server.log.add("at end") }
    }
    await server.idle()
    #expect(server.log.all == ["release", "end", "at end"])
  }

  @Test func `hooks registered inside hooks are refused while theirs run`() async throws {
    struct Shared: @unchecked Sendable { var response: BufferedResponse }
    let server = FakeServer()
    _ = try await server.respond { response in
      let shared = Shared(response: response)
      try response.beforeRelease {
        #expect(code { try shared.response.beforeRelease {} } == .ended)
        #expect(code { try shared.response.atEnd { _ in server.log.add("late") } } == nil)
      }
      try response.atEnd { _ in
        #expect(code { try shared.response.atEnd { _ in } } == .ended)
      }
    }
    await server.idle()
    #expect(server.log.all == ["end", "late"])
  }

  @Test(arguments: [true, false])
  func `hooks run before a flush that gives the client the whole answer`(isHead: Bool) async throws
  {
    let server = FakeServer()
    let flushed = Gate()
    let gate = Gate()
    let exchange = server.start(method: isHead ? .head : .get, acceptEncoding: nil) { response in
      try response.beforeRelease { server.log.add("release") }
      if !isHead { try response.updateHead { $0.headerFields[.contentLength] = "10" } }
      try await response.write("hello")
      if !isHead {
        try await response.flush()
        #expect(server.log.count(of: "release") == 0)
        try await response.write("world")
      }
      try await response.flush()
      flushed.open()
      await gate.wait()
      try response.beforeRelease { server.log.add("later") }
    }
    async let reception = exchange.receiveAll(log: server.log)
    await flushed.wait()
    // A head that is the whole response is sent together with the end.
    #expect(server.log.all == (isHead ? ["release", "end"] : ["release"]))
    gate.open()
    #expect(try await reception.client.isComplete)
    await server.idle()
    #expect(
      server.log.all == (isHead ? ["release", "end", "later"] : ["release", "later", "end"]))
  }

  @Test func `what hooks write is discarded and counted`() async throws {
    struct Shared: @unchecked Sendable { var response: BufferedResponse }
    let server = FakeServer()
    let reception = try await server.respond { response in
      let shared = Shared(response: response)
      try await response.write("answer")
      try response.beforeRelease { try? await shared.response.write("late") }
      try response.atEnd { _ in
        #expect(shared.response.discardedByteCount == 4)
        await #expect(throws: Never.self) { try await shared.response.write("later") }
        #expect(shared.response.discardedByteCount == 9)
      }
    }
    await server.idle()
    #expect(reception.client.text == "answer")
  }

  @Test func `hooks at the end don't hold the connection`() async throws {
    for isFailing in [false, true] {
      let server = FakeServer()
      let gate = Gate()
      let exchange = server.start { response in
        try response.atEnd { _ in await gate.wait() }
        if isFailing { throw Failure() }
      }
      _ = try await exchange.receiveAll()
      await exchange.released()
      #expect(server.engine.service.releasedCount == 1)
      gate.open()
      await server.idle()
    }
  }

  @Test func `task-local values reach the handler and its hooks`() async throws {
    let server = FakeServer()
    try await Locals.$value.withValue("request 7") {
      _ = try await server.respond { response in
        #expect(Locals.value == "request 7")
        try response.beforeRelease { #expect(Locals.value == "request 7") }
        try response.atEnd { _ in #expect(Locals.value == "request 7") }
      }
    }
    await server.idle()
  }

  private enum Locals {
    @TaskLocal static var value = ""
  }
}
