#if Hummingbird
  import HTTPOutputBuffering
  import HTTPTypes
  import Hummingbird
  import NIOCore
  import OutputBufferingHummingbird
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Testing

  extension SocketTests {
    /// Bodies that pass the middleware uncoded and that the server's own task writes.
    @Suite struct UncodedStreamTests {
      typealias Leaving = DisconnectTests.Leaving

      /// The kind of a stream.
      enum Kind: CaseIterable, Sendable {
        case sequence, closure, closureOfKnownLength

        func body(_ first: String, _ rest: @escaping @Sendable () async throws -> Void)
          -> ResponseBody
        {
          let first = ByteBuffer(string: first)
          guard self != .sequence else {
            return ResponseBody(asyncSequence: Parts(first: first, rest: rest))
          }
          return ResponseBody(contentLength: self == .closureOfKnownLength ? 10 : nil) { writer in
            try await writer.write(first)
            try await rest()
            try await writer.write(ByteBuffer(string: "67890"))
            try await writer.finish(nil)
          }
        }
      }

      struct Parts: AsyncSequence, AsyncIteratorProtocol, Sendable {
        var first: ByteBuffer?
        let rest: @Sendable () async throws -> Void

        @concurrent
        mutating func next() async throws -> ByteBuffer? {
          if let first = first.take() { return first }
          try await rest()
          return nil
        }

        func makeAsyncIterator() -> Parts { self }
      }

      static func run(
        _ kind: Kind, _ options: TestServer.Options = .init(),
        _ body: (TestServer) async throws -> Void
      ) async throws {
        try await TestServer.run(options) { router, server in
          router.get("/") { _, _ in
            Response(
              status: .ok, headers: [.contentType: "text/html"],
              body: kind.body("12345") {
                do {
                  server.journal.note("started")
                  await withTaskCancellationHandler {
                    await server.gate.wait()
                  } onCancel: {
                    server.gate.open()
                  }
                  try Task.checkCancellation()
                  server.journal.note("worked on")
                } catch {
                  server.journal.note("cancelled")
                  throw error
                }
              })
          }
          router.get("/next") { _, _ in "next" }
        } _: { server in
          try await body(server)
        }
      }

      @Test(arguments: Kind.allCases, Leaving.allCases)
      func `a client that leaves cancels a stream that isn't coded`(
        kind: Kind, leaving: Leaving
      ) async throws {
        try await Self.run(kind) { server in
          let client = try HTTP1Connection(port: server.port)
          try client.send(HTTP1Connection.request("/"))
          _ = try client.readResponse(until: { $0.text == "12345" })
          try await server.journal.wait(for: "started")
          leaving(client)
          let left = ContinuousClock.now
          let cancelled = try await server.journal.wait(for: "cancelled")
          #expect(left.duration(to: cancelled) <= .milliseconds(500))
          try await server.expect("/next", answers: "next")
        }
      }

      @Test(arguments: Kind.allCases)
      func `one that has closed its sending side before the response is leaving`(
        kind: Kind
      ) async throws {
        try await Self.run(kind) { server in
          let client = try HTTP1Connection(port: server.port)
          try client.send(HTTP1Connection.request("/"))
          client.leave(.halfClose)
          let response = try client.readResponse()
          #expect(!response.isComplete)
          // The cancellation may have hit its first write.
          if server.journal.count(of: "started") > 0 {
            try await server.journal.wait(for: "cancelled")
          }
        }
      }

      @Test(arguments: Kind.allCases, [Leaving.fin, .halfClose])
      func `a stream goes on where disconnects are ignored`(
        kind: Kind, leaving: Leaving
      ) async throws {
        let options = TestServer.Options { $0.settings.ignoresDisconnect = true }
        try await Self.run(kind, options) { server in
          try await goesOn(server, leaving)
        }
      }

      @Test(arguments: Kind.allCases)
      func `a stream goes on where half-closed clients are allowed`(kind: Kind) async throws {
        let options = TestServer.Options { $0.settings.allowsHalfClosedClients = true }
        try await Self.run(kind, options) { server in
          try await goesOn(server, .halfClose)
        }
      }

      private func goesOn(_ server: TestServer, _ leaving: Leaving) async throws {
        let client = try HTTP1Connection(port: server.port)
        try client.send(HTTP1Connection.request("/"))
        _ = try client.readResponse(until: { $0.text == "12345" })
        try await server.journal.wait(for: "started")
        leaving(client)
        try await server.transport.wait(for: "inputClosed")
        server.gate.open()
        try await server.journal.wait(for: "worked on")
      }

      @Test func `a half-closed client gets a body that is in memory`() async throws {
        try await TestServer.run { router, server in
          router.get("/") { _, _ in MiddlewareTests.plain() }
        } _: { server in
          for _ in 0..<20 {
            try await server.client { client in
              try client.send(HTTP1Connection.request("/"))
              client.leave(.halfClose)
              let response = try client.readResponse()
              #expect(response.isComplete && response.text == bigText)
            }
          }
        }
      }
    }
  }
#endif
