import HTTPContentCoding
import HTTPOutputBuffering
import HTTPTypes
import OutputBuffering
import OutputBufferingTestSupport
import Synchronization
import Testing

/// The client leaves, or the time runs out.
@Suite(.timeLimit(.minutes(2))) struct ResponseExchangeDisconnectTests {
  @Test func `a disconnect cancels the handler, and its writes throw`() async throws {
    let server = FakeServer()
    let exchange = server.start { response in
      #expect(await isCancelledSoon())
      #expect(response.connectionStatus == .aborted)
      response.ignoresDisconnect = true
      for _ in 0..<2 {
        #expect(await code { try await response.write("late") } == .disconnected)
      }
      #expect(await code { try await response.flush() } == .disconnected)
      #expect(await code { try await response.finish() } == .disconnected)
      server.log.add("done")
    }
    exchange.disconnected()
    guard case .aborted = await exchange.next() else {
      Issue.record("not aborted")
      return
    }
    await exchange.released()
    await server.idle()
    #expect(server.log.all == ["done"])
  }

  @Test(arguments: [false, true])
  func `a disconnect that is ignored discards what is written`(isSetting: Bool) async throws {
    let server = FakeServer(settings: { $0.ignoresDisconnect = isSetting })
    let gate = Gate()
    let started = Gate()
    let exchange = server.start { response in
      response.ignoresDisconnect = true
      started.open()
      await gate.wait()
      #expect(!Task.isCancelled)
      try await response.write("late")
      try await response.flush()
      try await response.sendInformational(HTTPResponse(status: .earlyHints))
      try response.updateHead { $0.status = .notFound }
      try response.setTrailers(nil)
      response.compressionMode = .off
      response.output.start()
      try response.reset()
      #expect(response.output.level == 0 && response.head.status == .ok)
      try await response.finish()
      #expect(response.discardedByteCount == 4)
      #expect(response.connectionStatus == .aborted)
      server.log.add("done")
    }
    await started.wait()
    exchange.disconnected()
    gate.open()
    await server.idle()
    #expect(server.log.all == ["done"])
    guard case .aborted = await exchange.next() else {
      Issue.record("not aborted")
      return
    }
  }

  @Test func `the time of a handler that ignores a disconnect still runs out`() async throws {
    let server = FakeServer()
    let started = Gate()
    let gate = Gate()
    let exchange = server.start { response in
      response.ignoresDisconnect = true
      started.open()
      await gate.wait()
      response.setTimeLimit(.milliseconds(1))
      #expect(await isCancelledSoon())
      #expect(response.connectionStatus == .timedOut)
      try response.atEnd { server.log.add("end \($0)") }
    }
    await started.wait()
    exchange.disconnected()
    gate.open()
    await server.idle()
    #expect(server.log.all == ["end timedOut"])
  }

  @Test func `after the end a disconnect means nothing`() async throws {
    let server = FakeServer()
    let gate = Gate()
    let exchange = server.start { response in
      try await response.finish()
      await gate.wait()
      #expect(!Task.isCancelled)
      try await response.write("late")
      #expect(response.connectionStatus == .finished)
    }
    _ = try await exchange.receiveAll()
    exchange.disconnected()
    exchange.inputClosed()
    gate.open()
    await server.idle()
    #expect(exchange.status == .finished)
  }

  @Test func `a disconnect while the transport writes ends the wait`() async throws {
    let server = FakeServer()
    let interrupted = Gate()
    let exchange = server.start { response in
      try await response.write(.big)
      #expect(await code { try await response.finish() } == .disconnected)
      server.log.add("done")
    }
    exchange.onBreakOff { interrupted.open() }
    _ = await exchange.takeOne()
    exchange.disconnected()
    await interrupted.wait()
    exchange.acknowledge()
    await server.idle()
    #expect(exchange.status == .aborted)
    #expect(server.log.all == ["done"])
    #expect(server.gzip.pool.liveCount == 0)
  }

  @Test(arguments: [false, true])
  func `closing the sending side is leaving, unless half-closed clients are allowed`(
    allows: Bool
  ) async throws {
    let server = FakeServer(settings: { $0.allowsHalfClosedClients = allows })
    let gate = Gate()
    let exchange = server.start { response in
      await gate.wait()
      try await response.write("hello")
    }
    exchange.inputClosed()
    #expect(exchange.status == (allows ? .inputClosed : .aborted))
    gate.open()
    let reception = try await exchange.receiveAll()
    #expect(reception.client.isComplete == allows)
    #expect(exchange.status == (allows ? .finished : .aborted))
  }

  @Test(arguments: [false, true])
  func `the time limit before anything was sent is an error of the server's`(isSetting: Bool)
    async throws
  {
    for isLate in [false, true] {
      let server = FakeServer(settings: { $0.timeLimit = isSetting ? .milliseconds(1) : nil })
      let exchange = server.start { response in
        if !isSetting { response.setTimeLimit(.milliseconds(1)) }
        try await response.write("hello")
        try await untilCancelled()
      }
      // A late consumer gets the reason, not the cancellation that it caused.
      if isLate { await server.idle() }
      let reception = try await exchange.receiveAll()
      #expect((reception.failure as? ResponseError)?.code == .timedOut)
      #expect(reception.client.head == nil)
      await server.idle()
      #expect(exchange.status == .timedOut)
    }
  }

  @Test func `the time limit after the commit breaks the message, also when ignored`() async throws
  {
    let server = FakeServer()
    let exchange = server.start { response in
      response.ignoresDisconnect = true
      try await response.flush()
      response.setTimeLimit(.zero)
      #expect(await isCancelledSoon())
      #expect(await code { try await response.write("late") } == .timedOut)
    }
    let reception = try await exchange.receiveAll()
    #expect(reception.wasAborted)
    await server.idle()
  }

  @Test func `the time limit counts after the end, and can be taken away`() async throws {
    let server = FakeServer()
    let exchange = server.start { response in
      response.setTimeLimit(.seconds(600))
      try await response.finish()
      response.setTimeLimit(.milliseconds(1))
      #expect(await isCancelledSoon())
      #expect(response.connectionStatus == .timedOut)
      try await response.write("late")
    }
    let reception = try await exchange.receiveAll()
    #expect(reception.client.isComplete)
    await server.idle()

    let patient = try await server.respond { response in
      response.setTimeLimit(.seconds(Int64.max))
      response.setTimeLimit(nil)
      try await response.write("hello")
    }
    #expect(patient.client.text == "hello")
  }

  @Test func `an exchange and all it refers to is let go`() async throws {
    weak var exchange: ResponseExchange?
    let server = FakeServer()
    do {
      let strong = server.start { response in
        response.setTimeLimit(.seconds(600))
        try await response.finish()
      }
      strong.onBreakOff { strong.disconnected() }
      exchange = strong
      _ = try await strong.receiveAll()
      await server.idle()
    }
    // The timer's task lets go of nothing it holds, as it holds nothing; the handler's task may be
    // about to end.
    let deadline = ContinuousClock.now + .seconds(10)
    while exchange != nil && .now < deadline { await Task.yield() }
    #expect(exchange == nil)
  }

  /// Waits for the task's cancellation, without a time limit.
  private func isCancelledSoon() async -> Bool {
    try? await untilCancelled()
    return Task.isCancelled
  }
}
