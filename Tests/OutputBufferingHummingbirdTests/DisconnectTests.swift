#if Hummingbird
  import HTTPOutputBuffering
  import OutputBufferingHummingbird
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Testing

  extension SocketTests {
    /// What happens to a handler when its client leaves.
    @Suite struct DisconnectTests {
      enum Leaving: CaseIterable, Sendable {
        case fin, reset, halfClose

        func callAsFunction(_ client: HTTP1Connection) {
          switch self {
          case .fin: client.leave(.close)
          case .reset: client.leave(.reset)
          case .halfClose: client.leave(.halfClose)
          }
        }
      }

      /// Handlers that write nothing while the client leaves.
      static func run(
        allowsHalfClosed: Bool = false, _ body: (TestServer) async throws -> Void
      ) async throws {
        let options = TestServer.Options { options in
          options.settings.allowsHalfClosedClients = allowsHalfClosed
        }
        try await TestServer.run(options) { router, server in
          for (path, flushes, ignores) in [
            ("/idle", false, false), ("/idle-flushed", true, false),
            ("/ignoring", false, true), ("/ignoring-flushed", true, true),
          ] {
            server.handle(router, path) { response in
              let journal = server.journal
              response.ignoresDisconnect = ignores
              try response.beforeRelease { journal.note("release") }
              try response.atEnd { journal.note("end \($0)") }
              if flushes {
                try await response.write(bigText)
                try await response.flush()
              }
              journal.note("started")
              if ignores {
                guard await eventually({ response.connectionStatus == .aborted }) else { return }
                try await response.write("lost")
                try await response.flush()
                try await response.finish()
                journal.note("cancelled \(Task.isCancelled), \(response.discardedByteCount >= 4)")
              } else {
                do {
                  try await untilCancelled()
                } catch {
                  journal.note("cancelled, \(response.connectionStatus)")
                  throw error
                }
              }
            }
          }
          server.handle(router, "/finished") { response in
            try response.atEnd { server.journal.note("end \($0)") }
            try await response.write(bigText)
            try await response.finish()
            server.journal.note("started")
            try await server.transport.wait(for: "inactive")
            try Task.checkCancellation()
            server.journal.note("worked, \(response.connectionStatus)")
          }
          server.handle(router, "/slow") { response in
            server.journal.note("started")
            try await response.write(bigText)
            try await response.flush()
            if await eventually({ response.connectionStatus != .open }) {
              server.journal.note("\(response.connectionStatus)")
            }
            try await response.write(bigText)
          }
        } _: { server in
          try await body(server)
        }
      }

      @Test(arguments: ["/idle", "/idle-flushed"], Leaving.allCases)
      func `cancels an idle handler at once`(path: String, leaving: Leaving) async throws {
        try await Self.run { server in
          let client = try HTTP1Connection(port: server.port)
          try client.send(HTTP1Connection.request(path, [("Accept-Encoding", "gzip")]))
          try await server.journal.wait(for: "started")
          leaving(client)
          let left = ContinuousClock.now
          let cancelled = try await server.journal.wait(for: "cancelled, aborted")
          #expect(left.duration(to: cancelled) <= .milliseconds(100))
          try await server.journal.wait(for: "end aborted")
          #expect(server.journal.entries.suffix(2) == ["release", "end aborted"])
          if leaving == .halfClose {
            // The connection is closed although the client still listens.
            _ = try HTTP1Connection(port: server.port)
            #expect(try client.waitForEnd().late.isEmpty || path == "/idle-flushed")
          }
        }
      }

      @Test(arguments: ["/ignoring", "/ignoring-flushed"], Leaving.allCases)
      func `leaves a handler alone that ignores it`(path: String, leaving: Leaving) async throws {
        try await Self.run { server in
          let client = try HTTP1Connection(port: server.port)
          try client.send(HTTP1Connection.request(path, [("Accept-Encoding", "gzip")]))
          try await server.journal.wait(for: "started")
          leaving(client)
          try await server.journal.wait(for: "end aborted")
          #expect(
            server.journal.entries
              == ["started", "cancelled false, true", "release", "end aborted"]
              || server.journal.entries
                == ["started", "release", "cancelled false, true", "end aborted"]
          )
        }
      }

      @Test(arguments: Leaving.allCases)
      func `is never noticed after the end`(leaving: Leaving) async throws {
        try await Self.run { server in
          let client = try HTTP1Connection(port: server.port)
          try client.send(HTTP1Connection.request("/finished"))
          try await server.journal.wait(for: "started")
          leaving(client)
          try await server.journal.wait(for: "end finished")
          #expect(server.journal.count(of: "worked, finished") == 1)
        }
      }

      @Test func `a half-closed client gets the whole response where it is allowed`() async throws {
        try await Self.run(allowsHalfClosed: true) { server in
          try await server.client { client in
            try client.send(HTTP1Connection.request("/slow", [("Accept-Encoding", "gzip")]))
            client.leave(.halfClose)
            let response = try client.readResponse()
            #expect(response.isComplete)
            #expect(response.text == bigText + bigText)
            // No further request is possible.
            let complete = ContinuousClock.now
            #expect(complete.duration(to: try client.waitForEnd().at) <= .milliseconds(100))
          }
          try await server.journal.wait(for: "inputClosed")
        }
      }

      @Test func `a FIN in the packet of the request is leaving`() async throws {
        try await Self.run { server in
          try await server.client { client in
            try client.send(HTTP1Connection.request("/idle"))
            client.leave(.halfClose)
            #expect(try client.waitForEnd().late.isEmpty)
          }
          try await server.journal.wait(for: "end aborted")
        }
      }

      @Test func `a pipelined request isn't executed when the client has left`() async throws {
        try await Self.run { server in
          let client = try HTTP1Connection(port: server.port)
          try client.send(
            HTTP1Connection.request("/idle-flushed") + HTTP1Connection.request("/slow"))
          try await server.journal.wait(for: "started")
          client.leave(.reset)
          try await server.journal.wait(for: "end aborted")
          await server.expectNothingLeft()
          #expect(server.journal.count(of: "started") == 1)
        }
      }
    }
  }
#endif
