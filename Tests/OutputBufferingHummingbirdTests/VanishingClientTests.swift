#if Hummingbird
  import HTTPOutputBuffering
  import Hummingbird
  import NIOCore
  import OutputBufferingHummingbird
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Testing

  extension SocketTests {
    /// Clients that vanish leave no trace (issue 2).
    @Suite struct VanishingClientTests {
      static func addStreams(_ router: Router<TestServer.Context>, _ server: TestServer) {
        for (path, ignores) in [("/stream", false), ("/ignoring", true)] {
          server.handle(router, path) { response in
            response.ignoresDisconnect = ignores
            try response.atEnd { server.journal.note("end \($0)") }
            while !response.connectionStatus.isBroken {
              try await response.write(bigText)
              try await response.flush()
              try await Task.sleep(for: .milliseconds(5))
            }
          }
        }
        router.get("/coded") { _, _ in
          Response(
            status: .ok, headers: [.contentType: "text/plain"],
            body: ResponseBody { writer in
              defer { server.journal.note("end aborted") }
              while true {
                try await writer.write(ByteBuffer(string: bigText))
                try await Task.sleep(for: .milliseconds(5))
              }
            })
        }
        // Idle: the server writes nothing by which it could notice.
        router.get("/idle") { _, _ in
          Response(
            status: .ok, headers: [.contentType: "text/event-stream"],
            body: ResponseBody { writer in
              defer { server.journal.note("end aborted") }
              try await writer.write(ByteBuffer(string: "data: 1\n\n"))
              try await untilCancelled()
            })
        }
        server.handle(router, "/alive") { try await $0.write("alive") }
      }

      @Test func `a thousand leave no encoder, response or task, and every end hook has run once`()
        async throws
      {
        let paths = ["/stream", "/ignoring", "/coded", "/idle"]
        try await TestServer.run(routes: Self.addStreams) { server in
          let start = ContinuousClock.now
          try await server.clients(1000, atOnce: 50) { client, number in
            let path = paths[number % 4]
            try client.send(HTTP1Connection.request(path, [("Accept-Encoding", "gzip")]))
            let response = try client.readResponse(until: { !$0.plain.isEmpty })
            #expect(response["content-encoding"] == "gzip")
            switch number / 4 % 3 {
            case 0: client.leave(.close)
            case 1: client.leave(.reset)
            default:
              client.leave(.halfClose)
              // Whatever else arrives, the connection ends.
              _ = try? client.waitForEnd()
            }
          }
          let gone = ContinuousClock.now
          try await server.journal.wait(for: "end aborted", times: 1000)
          await server.expectNothingLeft()
          print(
            "1,000 vanishing clients in \(start.elapsed), all clear \(gone.elapsed) after the last")
          #expect(server.journal.entries.count == 1000)
          try await server.expect("/alive", answers: "alive")
        }
      }
    }
  }
#endif
