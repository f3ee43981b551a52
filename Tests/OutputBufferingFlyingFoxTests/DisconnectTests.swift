#if FlyingFox
  import HTTPOutputBuffering
  import OutputBufferingFlyingFox
  import OutputBufferingTestSupport
  import Synchronization
  import OutputBufferingTesting
  import Testing

  @Suite(.serialized, .timeLimit(.minutes(2))) struct DisconnectTests {
    /// Writes until it notices that the client has left.
    private static func write(to response: BufferedResponse) async throws {
      let deadline = ContinuousClock.now + .seconds(10)
      while response.connectionStatus != .aborted && .now < deadline {
        try await response.write("<p>still there?</p>")
        try await response.flush()
        try await Task.sleep(for: .milliseconds(5))
      }
    }

    @Test func `a handler whose client left is cancelled`() async throws {
      let isCancelled = Flag()
      let status = Mutex<ConnectionStatus?>(nil)
      try await TestServer.run { response in
        try response.atEnd { final in status.withLock { $0 = final } }
        defer { if Task.isCancelled { isCancelled.set() } }
        try await Self.write(to: response)
      } test: { server in
        try await Self.vanish(server.port)
        #expect(try await server.waitUntilIdle())
      }
      #expect(isCancelled.isSet)
      #expect(status.withLock(\.self) == .aborted)
    }

    @Test func `a handler that ignores its client works on`() async throws {
      let (isDone, isCancelled) = (Flag(), Flag())
      try await TestServer.run { response in
        response.ignoresDisconnect = true
        try await Self.write(to: response)
        try await response.write("into nothing")
        if Task.isCancelled { isCancelled.set() }
        if response.discardedByteCount > 0 { isDone.set() }
      } test: { server in
        try await Self.vanish(server.port)
        #expect(try await server.waitUntilIdle())
      }
      #expect(isDone.isSet)
      #expect(!isCancelled.isSet)
    }

    @Test func `what follows the end isn't disturbed by a client that leaves`() async throws {
      let (gate, isDone) = (Gate(), Flag())
      try await TestServer.run { response in
        try await response.write("end")
        try await response.finish()
        await gate.wait()
        if !Task.isCancelled { isDone.set() }
      } test: { server in
        try await Self.vanish(server.port)
        try await server.serveAnother()
        gate.open()
        #expect(try await server.waitUntilIdle())
      }
      #expect(isDone.isSet)
    }

    @Test func `200 clients that vanish leave no trace`() async throws {
      try await TestServer.run { response in
        try await Self.write(to: response)
      } test: { server in
        try await withThrowingTaskGroup { group in
          for _ in 0..<200 {
            group.addTask { try await Self.vanish(server.port) }
          }
          try await group.waitForAll()
        }
        #expect(try await server.waitUntilIdle())
        #expect(server.liveEncoderCount == 0)
        #expect(server.buffering.service.handlerCount == 0)
        let client = try AsyncClient(port: server.port)
        try await client.get("/next")
        #expect(try await client.readResponse().text == "next")
      }
    }

    @Test func `the server's timeout counts as a client that left`() async throws {
      let buffering = ResponseBuffering(settings: .gzip)
      let isCancelled = Flag()
      try await TestServer.run(buffering, timeout: 0.1) { server in
        let client = try AsyncClient(port: server.port)
        try await client.get("/")
        #expect(try await client.readResponse().status == 500)
        #expect(try await server.waitUntilIdle())
      } handler: { request in
        try await buffering.response(to: request) { response in
          defer { if Task.isCancelled { isCancelled.set() } }
          try await untilCancelled()
        }
      }
      #expect(isCancelled.isSet)
    }

    /// Sends a request, reads the beginning of the response, and leaves.
    private static func vanish(_ port: Int) async throws {
      let client = try AsyncClient(port: port)
      try await client.get("/", "Accept-Encoding: gzip")
      _ = try await client.readHead()
    }
  }
#endif
