#if Hummingbird
  import HTTPOutputBuffering
  import HTTPTypes
  import Hummingbird
  import NIOCore
  import OutputBuffering
  import OutputBufferingHummingbird
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Testing

  extension SocketTests {
    /// Before a connection closes, everything written is delivered (RFC 9112 §9.6).
    @Suite struct ClosingTests {
      /// More than Linux's socket buffers hold.
      static let length = 8 * 1024 * 1024

      static func run(_ body: (TestServer) async throws -> Void) async throws {
        try await TestServer.run { router, server in
          server.handle(router, "/handler") { response in
            try response.updateHead { $0.headerFields[.contentType] = "image/png" }
            let text = String(repeating: "x", count: length / 64)
            for _ in 0..<64 { try await response.write(text) }
            try await response.finish(.close)
            server.journal.note("finished")
          }
          router.get("/plain") { _, _ in
            server.journal.note("plain")
            return Response(
              status: .ok, headers: [.connection: "close", .contentType: "image/png"],
              body: ResponseBody(
                byteBuffer: ByteBuffer(bytes: [UInt8](repeating: 120, count: length))))
          }
        } _: { server in
          try await body(server)
        }
      }

      @Test(arguments: ["/handler", "/plain"])
      func `to a slow client with pipelined requests too`(path: String) async throws {
        try await Self.run { server in
          let client = try HTTP1Connection(port: server.port, receiveBufferByteCount: 64 * 1024)
          try client.send(
            HTTP1Connection.request(path) + HTTP1Connection.request("/plain")
              + HTTP1Connection.request("/plain"))
          try await server.transport.wait(for: "stalled")
          nonisolated(unsafe) let reader = client
          try await onThread {
            let client = unsafe reader
            let response = try client.readResponse()
            #expect(response.isComplete && response.content.count == Self.length)
            #expect(try client.waitForEnd().late.isEmpty)
          }
          #expect(server.journal.count(of: "plain") == (path == "/plain" ? 1 : 0))
        }
      }

      /// More than socket buffers hold.
      static let longLength = 16 * 1024 * 1024

      static func runLong(
        _ options: TestServer.Options = .init(),
        _ body: (TestServer, HTTP1Connection) async throws -> Void
      ) async throws {
        let content = ByteBuffer(repeating: 120, count: longLength)
        try await TestServer.run(options) { router, server in
          server.handle(router, "/handler") { response in
            try response.updateHead { $0.headerFields[.contentType] = "image/png" }
            response.output.start()
            response.output.write(content.readableBytesUInt8Span)
            try await response.finish()
            server.journal.note("finished")
          }
          router.get("/plain") { _, _ in
            Response(
              status: .ok, headers: [.contentType: "image/png"],
              body: ResponseBody(byteBuffer: content))
          }
        } _: { server in
          try await body(
            server, HTTP1Connection(port: server.port, receiveBufferByteCount: 64 * 1024))
        }
      }

      static func expectWhole(_ client: HTTP1Connection) async throws {
        nonisolated(unsafe) let reader = client
        try await onThread {
          let client = unsafe reader
          let response = try client.readResponse(within: .seconds(30))
          #expect(response.isComplete && response.content.count == Self.longLength)
          #expect(try client.waitForEnd().late.isEmpty)
        }
      }

      @Test(arguments: ["/handler", "/plain"], ["1.0", "1.1"])
      func `at a shutdown, to a client that reads on`(path: String, version: String) async throws {
        try await Self.runLong { server, client in
          try client.send("GET \(path) HTTP/\(version)\r\nHost: a\r\n\r\n")
          try await server.transport.wait(for: "stalled")
          await server.shutDown()
          try await Self.expectWhole(client)
        }
      }

      /// The deadlines of a shutdown that has little time.
      private static let hurried = TestServer.Options { options in
        options.service.responseDeadline = .milliseconds(200)
        options.service.cancellationDeadline = .milliseconds(100)
        options.latencyBound = nil
      }

      @Test func `at a shutdown, a client that sends on has as long as a response`() async throws {
        var (shutdown, sending) = (ContinuousClock.now, Task<Void, any Error>?.none)
        try await TestServer.run(Self.hurried) { router, server in
          server.handle(router, "/") { response in
            try await response.write("Thank you")
            try await response.finish(.close)
          }
        } _: { server in
          let client = try AsyncClient(port: server.port)
          try await client.get("/")
          let response = try await client.readResponse()
          #expect(response.isComplete && response.text == "Thank you")
          sending = Task {
            while true {
              try await client.send("x")
              try await Task.sleep(for: .milliseconds(100))
            }
          }
          shutdown = .now
        }
        sending?.cancel()
        // Otherwise it has 15 s.
        #expect(shutdown.elapsed < .seconds(5))
      }

      @Test(arguments: ["/handler", "/plain"])
      func `to a client that has closed its side, where that is allowed`(path: String) async throws
      {
        let options = TestServer.Options { $0.settings.allowsHalfClosedClients = true }
        try await Self.runLong(options) { server, client in
          try client.send(HTTP1Connection.request(path))
          client.leave(.halfClose)
          try await server.transport.wait(for: "stalled")
          try await Self.expectWhole(client)
        }
      }

      /// Closing ends an HTTP/1.0 message, so an incomplete one must not end with an orderly close
      /// (RFC 9112 §6.3).
      @Test func `a stream to HTTP 1.0 that fails isn't ended by its close`() async throws {
        struct Failure: Error {}
        try await TestServer.run { router, _ in
          router.get("/") { _, _ in
            Response(
              status: .ok, headers: [.contentType: "image/png"],
              body: ResponseBody { writer in
                try await writer.write(ByteBuffer(string: bigText))
                throw Failure()
              })
          }
        } _: { server in
          let response = try await server.client { client in
            try client.send("GET / HTTP/1.0\r\n\r\n")
            return try client.readResponse()
          }
          #expect(!response.isComplete && response.isReset)
        }
      }
    }
  }
#endif
