import HTTPContentCoding
import HTTPOutputBuffering
import HTTPTypes
import OutputBuffering
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

  @Test func `a huge write leaves in slices, with bounded memory`() async throws {
    let byteCount = 100 * 1024 * 1024
    let server = FakeServer()
    let exchange = server.start(acceptEncoding: nil) { response in
      let bytes = [UInt8](repeating: 0x61, count: byteCount)
      try await response.write(bytes.span)
    }
    var received = 0
    var largest = 0
    loop: while case .output(let output) = await exchange.next() {
      received += output.body.count
      largest = max(largest, output.body.count)
      exchange.acknowledge(reusing: output.body)
      if output.end != nil { break loop }
    }
    #expect(received == byteCount)
    #expect(largest <= 2 * 64 * 1024)
  }

  @Test func `synchronous writes are bounded, and the refusal isn't silent`() async throws {
    let server = FakeServer(response: { $0.maximumUnsentBytes = 100_000 })
    let reception = try await server.respond(acceptEncoding: nil) { response in
      response.output.write([UInt8](repeating: 1, count: 100_001))
      #expect(await code { try await response.write("a") } == .unsentLimitExceeded)
      try response.reset()
      for _ in 0..<10 {
        response.output.write([UInt8](repeating: 0x61, count: 100_000))
        try await response.write([UInt8](repeating: 0x62, count: 100_000).span)
      }
    }
    #expect(reception.client.content.count == 2_000_000)
    let refused = try await server.respond(acceptEncoding: nil) { response in
      response.output.write([UInt8](repeating: 1, count: 100_001))
    }
    #expect((refused.failure as? ResponseError)?.code == .unsentLimitExceeded)
  }

  @Test(arguments: [0, 1, 2, 3])
  func `what buffers hold isn't limited when somebody waits for it`(way: Int) async throws {
    let server = FakeServer(response: { $0.maximumUnsentBytes = 100_000 })
    let reception = try await server.respond(acceptEncoding: nil) { response in
      response.output.start(chunkSize: way == 3 ? 10 : 0)
      try await response.write([UInt8](repeating: 0x61, count: 1_000_000).span)
      switch way {
      case 0: try await response.finish()
      case 1: try await response.flush()
      case 2: try await response.flushBuffer()
      default: break
      }
    }
    #expect(reception.client.content.count == 1_000_000 && reception.client.isComplete)
  }

  @Test func `cancelling the handler loses nothing that was offered`() async throws {
    let server = FakeServer()
    let gate = Gate()
    let exchange = server.start { response in
      try await response.write(.big)
      withUnsafeCurrentTask { unsafe $0?.cancel() }
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

  @Test(arguments: [("3", ResponseError.Code.declaredLengthExceeded), ("9", .declaredLengthNotReached)])
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

  @Test func `a long write that exceeds the declared length is refused whole`() async throws {
    let server = FakeServer()
    let reception = try await server.respond(acceptEncoding: nil) { response in
      try response.updateHead { $0.headerFields[.contentLength] = "150000" }
      let bytes = [UInt8](repeating: 0x61, count: 200_000)
      #expect(await code { try await response.write(bytes.span) } == .declaredLengthExceeded)
      #expect(response.isOpen && response.bodyByteCount == 0)
      try await response.write([UInt8](repeating: 0x61, count: 150_000).span)
    }
    #expect(reception.client.content.count == 150_000 && reception.client.isComplete)
  }

  @Test func `an encoder that fails tells the client at once`() async throws {
    let server = FakeServer(response: { $0.codings = [.failing(inCall: 4)] })
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

  @Test func `flush goes through three buffers and their handlers`() async throws {
    let server = FakeServer()
    let gate = Gate()
    let exchange = server.start { response in
      for name in ["a", "b", "c"] {
        response.output.start(named: name) { input, phase, output in
          output.append(contentsOf: "\(name)(".utf8)
          output.append(copying: input)
          output.append(contentsOf: ")".utf8)
        }
      }
      try await response.write("x")
      try await response.flush()
      await gate.wait()
      try await response.write("y")
    }
    let client = WireClient()
    try client.receive(try #require(await exchange.takeOne()))
    #expect(client.text == "a(b(c(x)))")
    exchange.acknowledge()
    gate.open()
    try client.receive(try #require(await exchange.takeOne()))
    exchange.acknowledge()
    #expect(client.text == "a(b(c(x)))a(b(c(y)))")
  }

  @Test func `a buffer that isn't flushable refuses the flush, and nothing moves`() async throws {
    let server = FakeServer()
    let reception = try await server.respond { response in
      response.output.start()
      try await response.write("a")
      response.output.start(capabilities: [.cleanable, .removable])
      response.output.start()
      try await response.write("b")
      await #expect(throws: OutputBufferError.self) { try await response.flush() }
      #expect(response.isOpen)
      #expect(response.output.statuses.map(\.length) == [1, 0, 1])
    }
    #expect(reception.client.text == "ab")
  }

  @Test func `flushBuffer moves one level`() async throws {
    let server = FakeServer()
    let reception = try await server.respond { response in
      await #expect(throws: OutputBufferError.self) { try await response.flushBuffer() }
      response.output.start()
      response.output.start()
      try await response.write("a")
      try await response.flushBuffer()
      #expect(response.output.statuses.map(\.length) == [1, 0] && response.isOpen)
      try response.output.endClean()
      try response.output.endClean()
    }
    #expect(reception.client.head?.framing == .contentLength(0))
  }

  @Test func `flushing the sink without await leaves with the next one`() async throws {
    let server = FakeServer()
    let exchange = server.start { response in
      response.output.write("a")
      response.output.flushSink()
      response.output.sink.flush()
      #expect(!response.isOpen)
      response.output.start()
      try await response.write("b")
      server.log.add("sent")
    }
    let client = WireClient()
    try client.receive(try #require(await exchange.takeOne()))
    #expect(client.text == "a" && server.log.all == [])
    exchange.acknowledge()
    try client.receive(try #require(await exchange.takeOne()))
    #expect(client.text == "ab" && client.isComplete)
    exchange.acknowledge()
  }
}
