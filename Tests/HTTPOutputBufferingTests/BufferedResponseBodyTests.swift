import HTTPContentCoding
import HTTPOutputBuffering
import HTTPTypes
import OutputBuffering
import OutputBufferingTestSupport
import Testing

/// Writes, with and without buffers.
@Suite(.timeLimit(.minutes(2))) struct BufferedResponseBodyTests {
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
    let server = FakeServer(settings: { $0.maximumUnsentBytes = 200_000 })
    let reception = try await server.respond(acceptEncoding: nil) { response in
      response.output.write([UInt8](repeating: 1, count: 200_001))
      #expect(await code { try await response.write("a") } == .unsentLimitExceeded)
      try response.reset()
      for _ in 0..<10 {
        response.output.write([UInt8](repeating: 0x61, count: 150_000))
        try await response.write([UInt8](repeating: 0x62, count: 150_000).span)
      }
    }
    #expect(reception.client.content.count == 3_000_000)
    let refused = try await server.respond(acceptEncoding: nil) { response in
      response.output.write([UInt8](repeating: 1, count: 200_001))
    }
    #expect((refused.failure as? ResponseError)?.code == .unsentLimitExceeded)
  }

  @Test(arguments: [0, 1, 2, 3])
  func `what buffers hold isn't limited when the writer waits for it`(way: Int) async throws {
    let server = FakeServer(settings: { $0.maximumUnsentBytes = 200_000 })
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

  @Test func `a stream that was answered with 406 writes on in vain`() async throws {
    let server = FakeServer(settings: { $0.policy.refusesUnacceptable = true })
    let reception = try await server.respond(acceptEncoding: "*;q=0") { response in
      try await response.write("first")
      try await response.flush()
      try await response.write("second")
      try await response.write(String(repeating: "third", count: 100_000))
    }
    await server.idle()
    #expect(reception.client.head?.response.status == .notAcceptable)
    #expect(reception.client.text.isEmpty && reception.client.isComplete)
  }

  @Test func `an encoder that fails after a synchronous write isn't passed over`() async throws {
    for isFlushed in [false, true] {
      let server = FakeServer(settings: { $0.codings = [.failing(inCall: 3)] })
      let exchange = server.start { response in
        try await response.flush()
        response.output.write("more")
        response.output.write("and more")
        let error =
          isFlushed
          ? await code { try await response.flush() } : await code { try await response.finish() }
        #expect(error == .encodingFailed)
        server.log.add("done")
      }
      let reception = try await exchange.receiveAll()
      await server.idle()
      #expect(reception.wasAborted)
      #expect(exchange.status == .aborted)
      #expect(server.log.all == ["done"])
    }
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
