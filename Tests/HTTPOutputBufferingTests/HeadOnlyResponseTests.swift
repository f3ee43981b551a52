import HTTPContentCoding
import HTTPOutputBuffering
import HTTPTypes
import Logging
import OutputBuffering
import OutputBufferingTestSupport
import Testing

/// Handlers that continue after a head that is the whole response.
@Suite(.timeLimit(.minutes(2))) struct HeadOnlyResponseTests {
  @Test func `the commit of a response to HEAD releases the connection`() async throws {
    let server = FakeServer()
    let gate = Gate()
    let exchange = server.start(method: .head) { response in
      try response.beforeRelease { server.log.add("unlock") }
      try response.atEnd { server.log.add("\($0)") }
      try await response.write(.big)
      try await response.flush()
      #expect(response.connectionStatus == .open)
      try response.beforeRelease { server.log.add("late") }
      server.log.add("committed")
      await gate.wait()
      #expect(!Task.isCancelled)
      server.log.add("worked")
    }
    let reception = try await exchange.receiveAll(log: server.log)
    #expect(reception.client.isComplete)
    await exchange.released()
    #expect(server.engine.service.releasedCount == 1)
    gate.open()
    await server.idle()
    #expect(server.log.all == ["unlock", "end", "committed", "worked", "late", "finished"])
  }

  @Test(arguments: [HTTPResponse.Status.noContent, .resetContent, .notModified])
  func `a flushed status without content releases the connection`(status: HTTPResponse.Status)
    async throws
  {
    let server = FakeServer()
    let gate = Gate()
    let exchange = server.start { response in
      try response.updateHead { $0.status = status }
      try await response.flush()
      await gate.wait()
    }
    #expect(try await exchange.receiveAll().client.isComplete)
    await exchange.released()
    gate.open()
    await server.idle()
    #expect(exchange.status == .finished)
  }

  @Test func `a handler that writes on is told, and may finish`() async throws {
    let server = FakeServer()
    let gate = Gate()
    let exchange = server.start(method: .head) { response in
      try await response.write(.big)
      try await response.flush()
      try await response.flush()
      #expect(await code { try await response.write("late") } == .disconnected)
      response.output.write("later")
      #expect(await code { try await response.flush() } == .disconnected)
      try await response.flush()
      #expect(response.connectionStatus == .open)
      try await response.finish()
      #expect(response.connectionStatus == .finished)
      try await response.write("no error any more")
      await gate.wait()
      #expect(!Task.isCancelled)
      server.log.add("worked")
    }
    #expect(try await exchange.receiveAll().client.isComplete)
    exchange.acknowledge()
    while exchange.status != .finished { await Task.yield() }
    exchange.disconnected()
    gate.open()
    await server.idle()
    #expect(server.log.all == ["worked"])
    #expect(exchange.status == .finished)
  }

  @Test func `one long write that commits is no writing on`() async throws {
    let server = FakeServer()
    let reception = try await server.respond(method: .head) { response in
      try await response.write([UInt8](repeating: 1, count: 1_000_000).span)
      try await response.flush()
      #expect(response.discardedByteCount == 1_000_000)
      server.log.add("done")
    }
    #expect(reception.client.isComplete)
    await server.idle()
    #expect(server.log.all == ["end", "done"])
  }

  @Test func `where disconnects are ignored writes are discarded`() async throws {
    let server = FakeServer(settings: { $0.ignoresDisconnect = true })
    let exchange = server.start(method: .head) { response in
      for _ in 0..<3 {
        try await response.write("text")
        try await response.flush()
      }
      #expect(response.discardedByteCount == 12)
      server.log.add("done")
    }
    #expect(try await exchange.receiveAll().client.isComplete)
    await server.idle()
    #expect(server.log.all == ["done"] && exchange.status == .finished)
  }

  @Test(arguments: [false, true])
  func `a handler that hasn't finished doesn't outlive its client`(ignores: Bool) async throws {
    let server = FakeServer(settings: { $0.ignoresDisconnect = ignores })
    let gate = Gate()
    let exchange = server.start(method: .head) { response in
      try response.atEnd { server.log.add("\($0)") }
      try await response.flush()
      if ignores {
        await gate.wait()
        #expect(!Task.isCancelled)
        try await response.write("late")
        try await response.finish()
      } else {
        try? await untilCancelled()
        #expect(await code { try await response.write("late") } == .disconnected)
        #expect(await code { try await response.finish() } == .disconnected)
      }
      #expect(response.connectionStatus == .aborted)
    }
    #expect(try await exchange.receiveAll().client.isComplete)
    exchange.disconnected()
    gate.open()
    await server.idle()
    #expect(server.log.all == ["aborted"])
  }

  @Test func `a handler that doesn't listen is cancelled`() async throws {
    let server = FakeServer()
    let exchange = server.start(method: .head) { response in
      while !Task.isCancelled {
        try? await response.write("text")
        try? await response.flush()
        await Task.yield()
      }
      server.log.add("\(response.connectionStatus)")
    }
    #expect(try await exchange.receiveAll().client.isComplete)
    await server.idle()
    #expect(server.log.all == ["aborted"])
  }

  @Test func `its time still runs out`() async throws {
    let server = FakeServer()
    let exchange = server.start(method: .head) { response in
      try await response.flush()
      response.setTimeLimit(.milliseconds(1))
      try? await untilCancelled()
      server.log.add("\(response.connectionStatus)")
    }
    #expect(try await exchange.receiveAll().client.isComplete)
    await server.idle()
    #expect(server.log.all == ["timedOut"])
  }

  @Test(arguments: [false, true])
  func `a handler that fails leaves the whole message alone`(isTold: Bool) async throws {
    struct Failure: Error {}
    let recorder = RecordingLogHandler()
    let server = FakeServer()
    let logger = Logger(label: "test") { _ in recorder }
    let exchange = server.start(method: .head, logger: logger) { response in
      try await response.flush()
      if isTold { try await response.write("late") }
      throw Failure()
    }
    exchange.onBreakOff { server.log.add("broken off") }
    #expect(try await exchange.receiveAll().client.isComplete)
    await server.idle()
    #expect(exchange.status == .finished)
    #expect(server.log.all.isEmpty)
    #expect(
      recorder.messages == [
        "debug response not coded",
        "\(isTold ? "debug" : "error") handler failed after its response was finished",
      ])
  }

  @Test func `work that isn't admitted keeps its connection, and is told when the client leaves`()
    async throws
  {
    let service = AfterResponseService(settings: .init(maximumReleasedHandlers: 0))
    let server = FakeServer(service: service)
    let exchange = server.start(method: .head) { response in
      try await response.flush()
      try? await untilCancelled()
    }
    #expect(try await exchange.receiveAll().client.isComplete)
    #expect(exchange.keepsConnection && exchange.isUnfinished)
    exchange.disconnected()
    #expect(!exchange.isUnfinished)
    await exchange.released()
    await server.idle()
  }
}
