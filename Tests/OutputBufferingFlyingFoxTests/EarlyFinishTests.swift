#if FlyingFox
  import HTTPOutputBuffering
  import OutputBufferingFlyingFox
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Synchronization
  import Testing

  @Suite(.serialized, .timeLimit(.minutes(2))) struct EarlyFinishTests {
    private static let page = String(repeating: "<p>Thank you for your order.</p>", count: 100)

    @Test(arguments: [false, true], [false, true])
    func `the client has the answer and its next one while the handler works`(
      isCoded: Bool, isStreamed: Bool
    ) async throws {
      let (gate, isDone) = (Gate(), Flag())
      try await TestServer.run { response in
        try await response.write(Self.page)
        if isStreamed { try await response.flush() }
        try await response.write("end")
        try await response.finish()
        await gate.wait()
        isDone.set()
      } test: { server in
        let client = try AsyncClient(port: server.port)
        var message = WireMessage(method: "GET")
        let whole = try await milliseconds {
          try await client.get("/", isCoded ? "Accept-Encoding: gzip" : "X: y")
          message = try await client.readResponse()
        }
        #expect(message.isComplete)
        #expect(message["content-encoding"] == (isCoded ? "gzip" : nil))
        #expect(message["transfer-encoding"] == (isStreamed ? "chunked" : nil))
        let text = message.text
        #expect(text == Self.page + "end")
        let next = try await milliseconds {
          try await client.get("/next")
          #expect(try await client.readResponse().text == "next")
        }
        print(
          "finish coded=\(isCoded) streamed=\(isStreamed): message \(whole) ms, next \(next) ms")
        #expect(whole < promptMilliseconds)
        #expect(next < promptMilliseconds)
        #expect(server.buffering.service.releasedCount == 1)
        gate.open()
        #expect(try await server.waitUntilIdle())
        #expect(isDone.isSet)
      }
    }

    @Test(arguments: [false, true], [false, true])
    func `close closes the connection after the last byte`(
      isCoded: Bool, isStreamed: Bool
    ) async throws {
      let gate = Gate()
      try await TestServer.run { response in
        try await response.write(Self.page)
        if isStreamed { try await response.flush() }
        try await response.finish(.close)
        await gate.wait()
      } test: { server in
        let client = try AsyncClient(port: server.port)
        let elapsed = try await milliseconds {
          try await client.get("/", isCoded ? "Accept-Encoding: gzip" : "X: y")
          let message = try await client.readResponse()
          #expect(message.isComplete)
          #expect(message["connection"] == (isStreamed ? nil : "close"))
          #expect(message.text == Self.page)
          #expect(try await client.waitForEnd())
        }
        print("close coded=\(isCoded) streamed=\(isStreamed): FIN \(elapsed) ms")
        #expect(elapsed < promptMilliseconds)
        #expect(server.buffering.service.releasedCount == 1)
        gate.open()
        #expect(try await server.waitUntilIdle())
      }
    }

    @Test(arguments: [false, true])
    func `a handler that isn't admitted keeps its connection and not its client`(
      isStreamed: Bool
    ) async throws {
      let gate = Gate()
      let service = AfterResponseService(settings: .init(maximumReleasedHandlers: 0))
      try await TestServer.run(service: service) { response in
        try await response.write("end")
        if isStreamed { try await response.flush() }
        try await response.finish()
        await gate.wait()
      } test: { server in
        let client = try AsyncClient(port: server.port)
        let whole = try await milliseconds {
          try await client.get("/")
          #expect(try await client.readResponse().text == "end")
        }
        #expect(whole < promptMilliseconds)
        if !isStreamed { try await client.get("/next") }
        try await server.serveAnother()
        #expect(try await client { try $0.isQuiet() })
        gate.open()
        if isStreamed {
          // FlyingFox can't hold the connection after a handler-written last chunk.
          #expect(try await client.waitForEnd())
        } else {
          #expect(try await client.readResponse().text == "next")
        }
        #expect(try await server.waitUntilIdle())
      }
    }

    @Test func `what must be free before the answer is free`() async throws {
      let order = Mutex<[String]>([])
      try await TestServer.run { response in
        try response.beforeRelease { order.withLock { $0.append("released") } }
        try response.atEnd { status in order.withLock { $0.append("\(status)") } }
        try await response.write("end")
        try await response.finish()
        order.withLock { $0.append("works on") }
      } test: { server in
        let client = try AsyncClient(port: server.port)
        try await client.get("/")
        _ = try await client.readResponse()
        #expect(order.withLock { $0.first } == "released")
        #expect(try await server.waitUntilIdle())
      }
      #expect(order.withLock(\.self) == ["released", "works on", "finished"])
    }
  }

  /// Set once, from any task.
  final class Flag: Sendable {
    private let value = Atomic(false)
    var isSet: Bool { value.load(ordering: .acquiring) }
    func set() { value.store(true, ordering: .releasing) }
  }
#endif
