#if FlyingFox
  import FlyingFox
  import FlyingSocks
  import Foundation
  import HTTPOutputBuffering
  import OutputBufferingFlyingFox
  import OutputBufferingTestSupport
  import Synchronization
  import OutputBufferingTesting
  import Testing

  /// Responses in progress when the server is stopped.
  @Suite(.serialized, .timeLimit(.minutes(2))) struct ShutdownTests {
    /// An endless body that emits a buffer every few milliseconds.
    private struct Ticks: AsyncBufferedSequence {
      typealias Element = UInt8

      struct Iterator: AsyncBufferedIteratorProtocol {
        func next() async throws -> UInt8? { try await nextBuffer(suggested: 1)?.first }

        func nextBuffer(suggested count: Int) async throws -> [UInt8]? {
          try await Task.sleep(for: .milliseconds(5))
          return Array("tick".utf8)
        }
      }

      func makeAsyncIterator() -> Iterator { Iterator() }
    }

    /// Runs a server until the test has requested a response, and stops it gracefully.
    ///
    /// - Returns: How long the stop took.
    private func run(
      responseDeadline: Duration,
      _ ask: @concurrent (AsyncClient, ResponseBuffering) async throws -> WireMessage?,
      handler:
        @escaping @Sendable (FlyingFox.HTTPRequest, ResponseBuffering) async throws ->
        FlyingFox.HTTPResponse,
      then check: @concurrent (AsyncClient, WireMessage?) async throws -> Void
    ) async throws -> Duration {
      let buffering = ResponseBuffering(
        settings: .gzip, service: .init(settings: .init(responseDeadline: responseDeadline)))
      let coding = ContentCodingHandler(
        buffering, handler: ClosureHTTPHandler { try await handler($0, buffering) })
      let server = HTTPServer(
        address: try .inet(ip4: "127.0.0.1", port: 0), pool: NoDelaySocketPool(),
        logger: .disabled, handler: coding)
      let task = Task { try await server.run() }
      try await server.waitUntilListening()
      guard case .ip4(_, let port) = await server.listeningAddress else { return .zero }
      let client = try AsyncClient(port: Int(port))
      let message = try await ask(client, buffering)
      let start = ContinuousClock.now
      async let stopped: Void = server.stop(draining: buffering.service)
      try await check(client, message)
      await stopped
      let duration = start.duration(to: .now)
      _ = await task.result
      return duration
    }

    @Test func `a server without requests stops at once`() async throws {
      let duration = try await run(responseDeadline: .seconds(600)) { _, _ in
        nil
      } handler: { _, _ in
        FlyingFox.HTTPResponse(statusCode: .ok)
      } then: { client, _ in
        // By a reset if the server hasn't accepted it yet; a timeout would take longer.
        let hasEnded = (try? await client.waitForEnd()) ?? true
        #expect(hasEnded)
      }
      #expect(duration < .seconds(5))
    }

    @Test func `clients that connect while the server stops cut nothing off`() async throws {
      for _ in 0..<10 {
        let buffering = ResponseBuffering(
          settings: .gzip, service: .init(settings: .init(responseDeadline: .seconds(600))))
        let (gate, others) = (Gate(), Gate())
        let server = HTTPServer(
          address: try .inet(ip4: "127.0.0.1", port: 0), pool: NoDelaySocketPool(),
          logger: .disabled,
          handler: ClosureHTTPHandler { request in
            guard request.path == "/" else {
              others.open()
              return FlyingFox.HTTPResponse(statusCode: .ok)
            }
            return try await buffering.response(to: request) { response in
              try await response.write("begin")
              try await response.flush()
              await gate.wait()
              try await response.write("end")
            }
          })
        let task = Task { try await server.run() }
        try await server.waitUntilListening()
        guard case .ip4(_, let port) = await server.listeningAddress else { return }
        let client = try AsyncClient(port: Int(port))
        try await client.get("/")
        let message = try await client.readResponse { !$0.plain.isEmpty }
        try await withThrowingTaskGroup { group in
          for _ in 0..<8 {
            group.addTask {
              while let other = try? AsyncClient(port: Int(port)) {
                try? await other.get("/other")
                _ = try? await other.readResponse()
              }
            }
          }
          await others.wait()
          async let stopped: Void = server.stop(draining: buffering.service)
          // They connect until the server accepts nothing more.
          for _ in 0..<8 { try await group.next() }
          gate.open()
          try await client.read(message)
          #expect(message.isComplete && message.text == "beginend")
          await stopped
        }
        _ = await task.result
      }
    }

    @Test func `a handler that is told ends by itself, and its message is whole`() async throws {
      let duration = try await run(responseDeadline: .seconds(600)) { client, _ in
        try await client.get("/")
        return try await client.readResponse { !$0.plain.isEmpty }
      } handler: { request, buffering in
        try await buffering.response(to: request) { response in
          try await response.write("one,")
          try await response.flush()
          await response.shutdown.wait()
          try await response.write("two")
        }
      } then: { client, message in
        let message = try #require(message)
        try await client.read(message)
        #expect(message.isComplete && message.text == "one,two")
      }
      #expect(duration < .seconds(5))
    }

    @Test func `one that isn't is cancelled after the deadline, and its message broken off`()
      async throws
    {
      let isCancelled = Mutex(false)
      let duration = try await run(responseDeadline: .milliseconds(300)) { client, _ in
        try await client.get("/")
        return try await client.readResponse { !$0.plain.isEmpty }
      } handler: { request, buffering in
        try await buffering.response(to: request) { response in
          do {
            while true {
              try await response.write("tick")
              try await response.flush()
              try await Task.sleep(for: .milliseconds(5))
            }
          } catch {
            isCancelled.withLock { $0 = Task.isCancelled }
          }
        }
      } then: { client, message in
        let message = try #require(message)
        try await client.read(message)
        #expect(!message.isComplete)
      }
      #expect(duration >= .milliseconds(300) && duration < .seconds(5))
      #expect(isCancelled.withLock { $0 })
    }

    @Test(arguments: ["gzip", "identity"])
    func `so is a body of a handler of FlyingFox's`(coding: String) async throws {
      let duration = try await run(responseDeadline: .milliseconds(300)) { client, _ in
        try await client.get("/", "Accept-Encoding: \(coding)")
        return try await client.readResponse { !$0.plain.isEmpty }
      } handler: { _, _ in
        FlyingFox.HTTPResponse(
          statusCode: .ok, headers: [.contentType: "text/event-stream"],
          body: HTTPBodySequence(from: Ticks()))
      } then: { client, message in
        let message = try #require(message)
        try await client.read(message)
        #expect(!message.isComplete)
        #expect(message["content-encoding"] == (coding == "gzip" ? coding : nil))
      }
      #expect(duration >= .milliseconds(300) && duration < .seconds(5))
    }

    @Test func `a body that ends in time is whole`() async throws {
      let begun = Gate()
      let duration = try await run(responseDeadline: .seconds(600)) { client, _ in
        try await client.get("/")
        await begun.wait()
        return nil
      } handler: { _, buffering in
        begun.open()
        await buffering.service.shutdown.wait()
        return FlyingFox.HTTPResponse(statusCode: .ok, body: Data("late".utf8))
      } then: { client, _ in
        let message = try await client.readResponse()
        #expect(message.text == "late")
      }
      #expect(duration < .seconds(5))
    }

    @Test func `work after a finished response is drained`() async throws {
      let (finished, gate) = (Gate(), Gate())
      let worked = Mutex(false)
      _ = try await run(responseDeadline: .zero) { client, _ in
        try await client.get("/")
        let message = try await client.readResponse()
        #expect(message.text == "done")
        // The client may have everything before the server knows that it was sent.
        await finished.wait()
        return nil
      } handler: { request, buffering in
        try await buffering.response(to: request) { response in
          try await response.write("done")
          try await response.finish()
          finished.open()
          await gate.wait()
          worked.withLock { $0 = !Task.isCancelled }
        }
      } then: { client, _ in
        let hasEnded = try await client.waitForEnd()
        #expect(hasEnded)
        gate.open()
      }
      #expect(worked.withLock { $0 })
    }
  }
#endif
