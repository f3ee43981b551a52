#if Hummingbird
  import Dispatch
  import HTTPOutputBuffering
  import HTTPTypes
  import Hummingbird
  import NIOCore
  import OutputBufferingHummingbird
  import OutputBufferingTestSupport
  import Synchronization
  import OutputBufferingTesting
  import Testing

  extension SocketTests {
    /// Bodies whose closures don't suspend before their end, so they are coded in the task that
    /// serves them.
    @Suite struct BodyInMemoryTests {
      @TaskLocal static var visitor = "nobody"

      /// The task-local value of a request is also visible to its response's body.
      struct Greeting: RouterMiddleware {
        func handle(
          _ request: Request, context: TestServer.Context,
          next: @concurrent (Request, TestServer.Context) async throws -> Response
        ) async throws -> Response {
          try await BodyInMemoryTests.$visitor.withValue("greeted") {
            try await next(request, context)
          }
        }
      }

      private static func get(
        length: Int?, _ write: @escaping StreamingMiddlewareTests.Write
      ) async throws -> WireMessage {
        try await StreamingMiddlewareTests.get(length: length, write)
      }

      @Test func `pieces of a known length are one body with an exact length`() async throws {
        let count = 60
        let response = try await Self.get(length: count * bigText.utf8.count) { writer, _ in
          for _ in 0..<count { try await writer.write(ByteBuffer(string: bigText)) }
          try await writer.finish(nil)
        }
        #expect(response["content-encoding"] == "gzip")
        #expect(response.framing == .length(response.content.count))
        #expect(response.text == String(repeating: bigText, count: count))
      }

      @Test func `pieces of unknown length are one body up to the buffer limit`() async throws {
        for (count, isWhole) in [(10, true), (20, false)] {
          let response = try await Self.get(length: nil) { writer, _ in
            for _ in 0..<count { try await writer.write(ByteBuffer(string: bigText)) }
            try await writer.finish(nil)
          }
          #expect(response["content-encoding"] == "gzip")
          #expect(
            response.framing == (isWhole ? .length(response.content.count) : .chunked))
          #expect(response.text == String(repeating: bigText, count: count))
        }
      }

      @Test func `what is written after the end is dropped`() async throws {
        let response = try await Self.get(length: nil) { writer, _ in
          let late = writer
          try await writer.write(ByteBuffer(string: bigText))
          try await writer.finish(nil)
          var writer = late
          try await writer.write(ByteBuffer(string: "late"))
          try await writer.finish([.eTag: "late"])
        }
        #expect(response.framing == .length(response.content.count))
        #expect(response.text == bigText)
      }

      @Test func `an error after the end doesn't reach the client`() async throws {
        let response = try await Self.get(length: nil) { writer, _ in
          try await writer.write(ByteBuffer(string: bigText))
          try await writer.finish(nil)
          throw StreamingMiddlewareTests.Failure()
        }
        #expect(response.isComplete && response.text == bigText)
      }

      @Test func `a closure that forgets its end is answered with an error`() async throws {
        let response = try await Self.get(length: nil) { writer, _ in
          try await writer.write(ByteBuffer(string: bigText))
        }
        #expect(response.status == 500 && response.isComplete && response.content.isEmpty)
      }

      @Test(arguments: [nil, 10_000])
      func `the closure has the task-local values of its route`(length: Int?) async throws {
        try await TestServer.run(TestServer.Options { $0.latencyBound = nil }) { router, server in
          router.add(middleware: Greeting())
          router.add(middleware: ContentCodingMiddleware(server.buffering))
          router.get("/") { _, _ in
            Response(
              status: .ok, headers: [.contentType: "text/html"],
              body: ResponseBody { writer in
                try await writer.write(ByteBuffer(string: Self.visitor + bigText))
                // A task other than the serving one writes its second part.
                if length != nil { await Task.yield() }
                try await writer.write(ByteBuffer(string: Self.visitor))
                try await writer.finish(nil)
              })
          }
        } _: { server in
          let response = try await server.client { try $0.gzipped("/") }
          #expect(response["content-encoding"] == "gzip")
          #expect(response.text == "greeted" + bigText + "greeted")
        }
      }

      /// Computing may block a thread; waiting may not.
      @Test func `what a closure has written waits no longer while it computes`() async throws {
        let isSeen = DispatchSemaphore(value: 0)
        try await StreamingMiddlewareTests.run { writer, server in
          try await writer.write(ByteBuffer(string: "first"))
          let start = ContinuousClock.now
          while start.elapsed < .milliseconds(30) {}
          try await writer.write(ByteBuffer(string: "second"))
          if block(on: isSeen, atMost: .seconds(10)) { server.journal.note("seen") }
          try await writer.finish(nil)
        } _: { server in
          try await server.client { client in
            try client.send(HTTP1Connection.request("/", [("Accept-Encoding", "gzip")]))
            let response = try client.readResponse(until: { $0.text.hasPrefix("first") })
            isSeen.signal()
            try client.read(response)
            #expect(response.isComplete && response.text == "firstsecond")
          }
          #expect(server.journal.entries == ["seen"])
        }
      }
    }
  }

  /// Waits without suspending.
  private func block(on semaphore: DispatchSemaphore, atMost limit: DispatchTimeInterval) -> Bool {
    semaphore.wait(timeout: .now() + limit) == .success
  }
#endif
