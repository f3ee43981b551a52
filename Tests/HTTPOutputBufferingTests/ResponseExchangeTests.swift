import HTTPContentCoding
import HTTPOutputBuffering
import HTTPTypes
import OutputBuffering
import OutputBufferingTestSupport
import Testing

/// The hand-over between handler and adapter.
@Suite(.timeLimit(.minutes(2))) struct ResponseExchangeTests {
  struct Failure: Error {}

  @Test(arguments: [false, true])
  func `a consumer may come late or early`(isLate: Bool) async throws {
    let server = FakeServer()
    let gate = Gate()
    let exchange = server.start { response in
      if !isLate { await gate.wait() }
      try await response.write("a")
      try response.updateHead { $0.headerFields[.eTag] = "\"v1\"" }
      if isLate { gate.open() }
    }
    if isLate { await gate.wait() }
    async let reception = exchange.receiveAll()
    if !isLate { gate.open() }
    #expect(try await reception.client.text == "a")
  }

  @Test func `a flush suspends until the transport has taken the bytes`() async throws {
    let server = FakeServer()
    let exchange = server.start { response in
      try await response.write("hello")
      try await response.flush()
      server.log.add("flushed")
    }
    let client = WireClient()
    let output = try #require(await exchange.takeOne())
    try client.receive(output)
    #expect(client.text == "hello", "decodable without any later byte")
    #expect(server.log.all == [])
    exchange.acknowledge(reusing: output.body)
    try client.receive(try #require(await exchange.takeOne()))
    #expect(server.log.all == ["flushed"])
    #expect(exchange.status == .open)
    exchange.acknowledge()
    #expect(exchange.status == .finished)
    #expect(client.isComplete)
  }

  @Test func `an acknowledgement of nothing is no acknowledgement`() async throws {
    let server = FakeServer()
    let gate = Gate()
    let exchange = server.start(acceptEncoding: nil) { response in
      for index in 0..<3 {
        try await response.write("\(index)")
        try await response.flush()
        gate.open()
      }
    }
    let client = WireClient()
    try client.receive(try #require(await exchange.takeOne()))
    exchange.acknowledge()
    await gate.wait()
    for _ in 0..<100 {
      exchange.acknowledge()
      await Task.yield()
    }
    while !client.isComplete {
      try client.receive(try #require(await exchange.takeOne()))
      exchange.acknowledge()
    }
    #expect(client.text == "012")
  }

  @Test func `a server that ends doesn't wait for what keeps its connection`() async throws {
    let server = FakeServer(
      service: AfterResponseService(settings: .init(maximumReleasedHandlers: 0)))
    let gate = Gate()
    let exchange = server.start { response in
      try await response.finish()
      await gate.wait()
    }
    _ = await exchange.takeOne()
    exchange.acknowledge()
    let waiting = Task { await exchange.released() }
    waiting.cancel()
    await waiting.value
    #expect(!exchange.isReleased)
    gate.open()
    await exchange.released()
    await server.idle()
  }

  @Test func `cancelling the handler loses nothing that was offered`() async throws {
    let server = FakeServer()
    let gate = Gate()
    let exchange = server.start { response in
      try await response.write(.big)
      unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
      #expect(Task.isCancelled)
      try await response.flush()
      gate.open()
      try await response.write(.big)
      try await response.finish()
      #expect(response.connectionStatus == .finished)
    }
    let reception = try await exchange.receiveAll()
    #expect(reception.client.text == .big + .big && reception.client.isComplete)
  }

  @Test func `an error before the commit leaves no trace`() async throws {
    let server = FakeServer()
    let reception = try await server.respond { response in
      response.output.start()
      try await response.write(.big)
      try response.updateHead { $0.status = .created }
      throw Failure()
    }
    #expect(reception.failure is Failure)
    #expect(reception.client.head == nil && reception.client.wireBytes.isEmpty)
    await server.idle()
    #expect(server.gzip.pool.liveCount == 0)
  }

  @Test func `an error after the commit breaks the message visibly`() async throws {
    let server = FakeServer()
    let reception = try await server.respond { response in
      try await response.write(.big)
      try await response.flush()
      try await response.write("unsent")
      throw Failure()
    }
    #expect(reception.wasAborted)
    #expect(reception.client.text == .big && reception.client.end == nil)
    await server.idle()
    #expect(server.gzip.pool.liveCount == 0)
  }

  @Test func `an error after the end is the operator's affair`() async throws {
    let server = FakeServer()
    let reception = try await server.respond { response in
      try await response.finish()
      throw Failure()
    }
    #expect(reception.client.isComplete)
  }

  @Test(arguments: [
    ("3", ResponseError.Code.declaredLengthExceeded), ("9", .declaredLengthNotReached),
  ])
  func `a declared length that isn't kept breaks a committed message`(
    length: String, expected: ResponseError.Code
  ) async throws {
    let server = FakeServer()
    let reception = try await server.respond(acceptEncoding: nil) { response in
      try response.updateHead { $0.headerFields[.contentLength] = length }
      try await response.flush()
      let error = await code {
        try await response.write("hello")
        try await response.finish()
      }
      #expect(error == expected)
    }
    #expect(reception.wasAborted && reception.client.end == nil)
  }

  @Test func `an encoder that fails tells the client at once`() async throws {
    let server = FakeServer(settings: { $0.codings = [.failing(inCall: 4)] })
    let gate = Gate()
    let exchange = server.start { response in
      try await response.write("a")
      try await response.flush()
      #expect(await code { try await response.write("b") } == nil)
      #expect(await code { try await response.flush() } == .encodingFailed)
      await gate.wait()
      #expect(!Task.isCancelled)
      try await response.write("c")
    }
    #expect(try #require(await exchange.takeOne()).head != nil)
    exchange.acknowledge()
    guard case .aborted = await exchange.next() else {
      gate.open()
      Issue.record("not aborted")
      return
    }
    gate.open()
    await server.idle()
    #expect(exchange.status == .aborted)
  }
}
