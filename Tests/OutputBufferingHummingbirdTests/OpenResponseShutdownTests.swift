#if Hummingbird
  import HTTPOutputBuffering
  import HTTPTypes
  import Hummingbird
  import HummingbirdCore
  import Logging
  import NIOCore
  import OutputBufferingHummingbird
  import OutputBufferingTestSupport
  import ServiceLifecycle
  import OutputBufferingTesting
  import Testing

  extension SocketTests {
    /// Responses in progress when the server shuts down.
    @Suite struct OpenResponseShutdownTests {
      enum Server: Sendable, CaseIterable { case buffered, plain }

      /// Much shorter than the time until the server's group cancels.
      private static let prompt = Duration.seconds(6)

      private static func run(
        _ kind: Server, responseDeadline: Duration = .seconds(600),
        _ body: (TestServer) async throws -> Void
      ) async throws {
        let options = TestServer.Options { options in
          options.service.responseDeadline = responseDeadline
          if kind == .plain { options.server = { _ in .http1() } }
        }
        let start = ContinuousClock.now
        try await TestServer.run(options) { router, server in
          server.handle(router, "/told") { response in
            try await response.write("one,")
            try await response.flush()
            while try await !response.shutdown.wait(atMost: .seconds(60)) {}
            server.journal.note("told")
            try await response.write("two")
          }
          server.handle(router, "/deaf") { response in
            response.ignoresDisconnect = true
            await deaf("/deaf", server) {
              try await response.write("tick\n")
              try await response.flush()
            }
          }
          server.handle(router, "/flood") { response in
            await deaf("/flood", server) {
              for _ in 0..<100 { try await response.write(bigText) }
              try await response.flush()
            }
          }
          server.handle(router, "/early") { response in
            try await response.finish()
            await server.gate.wait()
            server.journal.note("worked: \(!Task.isCancelled)")
          }
          for (path, length) in [("/route", nil), ("/length", 1 << 30)] {
            router.get(RouterPath(path)) { _, _ in
              Response(
                status: .ok, headers: [.contentType: "text/event-stream"],
                body: ResponseBody(contentLength: length) { writer in
                  do {
                    while true {
                      try await writer.write(ByteBuffer(string: "data: tick\n\n"))
                      try await Task.sleep(for: .milliseconds(5))
                    }
                  } catch {
                    server.journal.note("\(path) ended, cancelled: \(Task.isCancelled)")
                  }
                })
            }
          }
        } _: { server in
          try await body(server)
        }
        #expect(start.elapsed < prompt)
      }

      /// Works in a loop until it is cancelled.
      private static func deaf(
        _ path: String, _ server: TestServer, _ step: () async throws -> Void
      ) async {
        server.journal.note("\(path) begun")
        do {
          while true {
            try await step()
            try await Task.sleep(for: .milliseconds(5))
          }
        } catch {
          server.journal.note("\(path) ended, cancelled: \(Task.isCancelled)")
        }
      }

      /// Requests a stream and returns the client once the stream has begun.
      private static func open(_ path: String, coded: Bool, _ server: TestServer) async throws
        -> (client: HTTP1Connection, response: WireMessage)
      {
        let client = try HTTP1Connection(port: server.port)
        nonisolated(unsafe) let reader = client
        let response = try await onThread {
          try unsafe reader.send(
            HTTP1Connection.request(path, coded ? [("Accept-Encoding", "gzip")] : []))
          return try unsafe reader.readResponse { !$0.text.isEmpty }
        }
        #expect((response["content-encoding"] == "gzip") == coded && response.end == nil)
        return (client, response)
      }

      private static func rest(
        of response: WireMessage, for client: HTTP1Connection
      ) async throws -> WireMessage {
        nonisolated(unsafe) let reader = client
        return try await onThread {
          try unsafe reader.read(response)
          return response
        }
      }

      @Test(arguments: Server.allCases, [false, true])
      func `a handler that is told ends by itself, and its message is whole`(
        kind: Server, coded: Bool
      ) async throws {
        try await Self.run(kind) { server in
          let (client, begun) = try await Self.open("/told", coded: coded, server)
          await server.shutDown()
          try await server.journal.wait(for: "told")
          let response = try await Self.rest(of: begun, for: client)
          #expect(response.isComplete && response.text == "one,two")
        }
      }

      @Test(arguments: Server.allCases, [false, true])
      func `one that isn't is cancelled after the deadline, and its message broken off`(
        kind: Server, coded: Bool
      ) async throws {
        try await Self.run(kind, responseDeadline: .milliseconds(300)) { server in
          let (client, begun) = try await Self.open("/deaf", coded: coded, server)
          let start = ContinuousClock.now
          await server.shutDown()
          let response = try await Self.rest(of: begun, for: client)
          #expect(response.isBroken && start.elapsed >= .milliseconds(300))
          try await server.journal.wait(for: "/deaf ended, cancelled: true")
        }
      }

      @Test(
        arguments: Server.allCases, [("/route", false), ("/route", true), ("/length", false)])
      func `so is a route's own body, coded or not, its length known or not`(
        kind: Server, body: (path: String, isCoded: Bool)
      ) async throws {
        try await Self.run(kind, responseDeadline: .milliseconds(300)) { server in
          let (client, begun) = try await Self.open(body.path, coded: body.isCoded, server)
          await server.shutDown()
          #expect(try await Self.rest(of: begun, for: client).isBroken)
          try await server.journal.wait(for: "\(body.path) ended, cancelled: true")
        }
      }

      @Test func `so is one whose client reads nothing`() async throws {
        try await Self.run(.buffered, responseDeadline: .milliseconds(300)) { server in
          let client = try HTTP1Connection(port: server.port, receiveBufferByteCount: 4096)
          try client.send(HTTP1Connection.request("/flood"))
          try await server.journal.wait(for: "/flood begun")
          await server.shutDown()
          try await server.journal.wait(for: "/flood ended, cancelled: true")
          client.leave(.close)
        }
      }

      @Test func `work after a finished response has a deadline of its own`() async throws {
        try await Self.run(.buffered, responseDeadline: .milliseconds(100)) { server in
          _ = try await server.client { try $0.exchange("/early") }
          let (client, begun) = try await Self.open("/deaf", coded: false, server)
          await server.shutDown()
          #expect(try await Self.rest(of: begun, for: client).isBroken)
          try await server.journal.wait(for: "/deaf ended, cancelled: true")
          server.gate.open()
          try await server.journal.wait(for: "worked: true")
        }
      }

      @Test func `a service in a group waits for work, and is told of the shutdown`() async throws {
        let service = AfterResponseService(logger: .quiet)
        let group = ServiceGroup(services: [service], logger: .quiet)
        let journal = Journal()
        #expect(
          service.submit(named: "work") {
            await service.shutdown.wait()
            journal.note("told")
          })
        async let running: Void = group.run()
        await group.triggerGracefulShutdown()
        try await running
        #expect(journal.count(of: "told") == 1 && service.isExhausted)
      }
    }
  }
#endif
