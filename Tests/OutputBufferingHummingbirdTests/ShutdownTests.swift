#if Hummingbird
  import HTTPOutputBuffering
  import Hummingbird
  import OutputBufferingHummingbird
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Testing

  extension SocketTests {
    /// Work after responses, at a server's shutdown and beyond the service's limit.
    @Suite struct ShutdownTests {
      static func run(
        drainDeadline: Duration = .seconds(5), maximum: Int = 1024,
        admission: ResponseSettings.Admission = .keepsConnection,
        _ body: (TestServer) async throws -> Void
      ) async throws {
        let options = TestServer.Options { options in
          options.service.drainDeadline = drainDeadline
          options.service.maximumReleasedHandlers = maximum
          options.settings.admission = admission
        }
        try await TestServer.run(options) { router, server in
          for path in ["/early", "/early-close"] {
            server.handle(router, path) { response in
              try response.atEnd { server.journal.note("end \($0)") }
              try await response.write(bigText)
              try await response.finish(path == "/early" ? .keepAlive : .close)
              server.journal.note("finished")
              do {
                try await server.journal.wait(for: "go on")
                if Task.isCancelled { throw CancellationError() }
                server.journal.note("worked")
              } catch {
                server.journal.note("cancelled")
              }
            }
          }
          server.handle(router, "/stuck") { response in
            try await response.write(bigText)
            try await response.finish()
            server.journal.note("finished")
            do {
              try await untilCancelled()
            } catch {
              server.journal.note("cancelled")
            }
          }
          server.handle(router, "/slow") { response in
            server.journal.note("started")
            try await response.write(bigText)
            try await response.flush()
            try await server.journal.wait(for: "go on")
            try await response.write(bigText)
          }
          server.handle(router, "/next") { try await $0.write("next") }
        } _: { server in
          try await body(server)
        }
      }

      @Test func `graceful shutdown lets work end`() async throws {
        try await Self.run { server in
          let response = try await server.client { try $0.gzipped("/early") }
          #expect(response.text == bigText)
          await server.shutDown()
          // The server drains.
          #expect(await eventually { server.buffering.service.isExhausted })
          #expect(server.buffering.service.handlerCount == 1)
          server.journal.note("go on")
          try await server.journal.wait(for: "end finished")
          #expect(server.journal.count(of: "worked") == 1)
        }
      }

      @Test func `graceful shutdown cancels work that takes longer than the deadline`() async throws
      {
        try await Self.run(drainDeadline: .milliseconds(300)) { server in
          _ = try await server.client { try $0.gzipped("/stuck") }
          let start = ContinuousClock.now
          await server.shutDown()
          let cancelled = try await server.journal.wait(for: "cancelled")
          let duration = start.duration(to: cancelled)
          #expect(duration >= .milliseconds(300) && duration <= .milliseconds(1500))
        }
      }

      @Test func `graceful shutdown lets a response that has begun end`() async throws {
        try await Self.run { server in
          let client = try HTTP1Connection(port: server.port)
          try client.send(HTTP1Connection.request("/slow", [("Accept-Encoding", "gzip")]))
          try await server.journal.wait(for: "started")
          await server.shutDown()
          // The server no longer accepts connections.
          let isClosed = await eventually { (try? HTTP1Connection(port: server.port)) == nil }
          #expect(isClosed)
          server.journal.note("go on")
          nonisolated(unsafe) let reader = client
          let response = try await onThread { try unsafe reader.readResponse() }
          #expect(response.isComplete && response.text == bigText + bigText)
        }
      }

      @Test func `a full service keeps the connection until the handler is done`() async throws {
        try await Self.run(maximum: 1) { server in
          let first = try await server.client { try $0.gzipped("/early-close") }
          #expect(first.text == bigText)
          try await server.client { client in
            let start = ContinuousClock.now
            let second = try client.gzipped("/early")
            // The response is complete nevertheless.
            #expect(second.isComplete && second.text == bigText)
            #expect(start.elapsed <= .milliseconds(100))
            try client.send(HTTP1Connection.request("/next"))
            #expect(try client.isHeld())
            #expect(server.buffering.service.releasedCount == 1)
            server.journal.note("go on")
            #expect(try client.readResponse().text == "next")
          }
          try await server.journal.wait(for: "end finished", times: 2)
          #expect(server.journal.count(of: "worked") == 2)
        }
      }

      @Test func `a full service refuses where it is told to`() async throws {
        try await Self.run(maximum: 1, admission: .refuses) { server in
          _ = try await server.client { try $0.gzipped("/early") }
          try await server.journal.wait(for: "finished")
          let second = try await server.client { try $0.gzipped("/early") }
          #expect(second.status == 503 && second.isComplete)
          server.journal.note("go on")
          try await server.journal.wait(for: "end finished")
          #expect(await eventually { server.buffering.service.releasedCount == 0 })
          try await server.expect("/next", answers: "next")
        }
      }
    }
  }
#endif
