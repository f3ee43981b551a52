#if Hummingbird
  import HTTPContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  import Hummingbird
  import OutputBuffering
  import OutputBufferingHummingbird
  import OutputBufferingTesting
  import Testing

  extension SocketTests {
    /// A failure before the commit gives a clean error response; after it the message is visibly
    /// broken (RFC 9112 §8).
    @Suite struct FailureTests {
      struct Failure: Error {}

      static func run(_ body: (TestServer) async throws -> Void) async throws {
        try await TestServer.run { router, server in
          for (path, error) in [
            ("/before", Failure() as any Error), ("/conflict", HTTPError(.conflict)),
          ] {
            server.handle(router, path) { response in
              try response.atEnd { server.journal.note("end \($0)") }
              try response.updateHead { head in
                head.headerFields[.eTag] = #""v1""#
                head.headerFields[.vary] = "Origin"
                head.headerFields[.contentLanguage] = "en"
              }
              response.output.start()
              try await response.write(bigText)
              throw error
            }
          }
          server.handle(router, "/after") { response in
            try response.atEnd { server.journal.note("end \($0)") }
            try await response.write(bigText)
            try await response.flush()
            try await response.write("never sent")
            throw Failure()
          }
          for (path, length, flushes) in [
            ("/too-much", 6000, false), ("/too-little", 7000, false),
            ("/too-much-flushed", 6300, true), ("/too-little-flushed", 7000, true),
          ] {
            server.handle(router, path) { response in
              try response.updateHead { $0.headerFields[.contentLength] = String(length) }
              response.compressionMode = .off
              try await response.write(bigText)
              if flushes { try await response.flush() }
              guard path == "/too-much-flushed" else { return }
              do {
                try await response.write(String(repeating: "x", count: 101))
              } catch let error as ResponseError {
                server.journal.note("\(error.code)")
                throw error
              }
            }
          }
          server.handle(router, "/fine") { try await $0.write("fine") }
        } _: { server in
          try await body(server)
        }
      }

      @Test(arguments: [
        ("/before", 500), ("/conflict", 409), ("/too-much", 500), ("/too-little", 500),
      ])
      func `before the commit the error response is clean`(path: String, status: Int) async throws {
        try await Self.run { server in
          try await server.client { client in
            let response = try client.gzipped(path)
            #expect(response.status == status)
            #expect(response.isComplete && !response.text.contains("Lorem"))
            for name in [
              "content-encoding", "etag", "vary", "content-language", "transfer-encoding",
            ] {
              #expect(response[name] == nil)
            }
            // The connection stays in use.
            #expect(try client.gzipped("/fine").text == "fine")
          }
          if !path.hasPrefix("/too") {
            // The client was connected, and has the error response.
            try await server.journal.wait(for: "end open")
          }
        }
      }

      @Test(arguments: [true, false])
      func `after the commit there is no last chunk and no trailer of the coding`(
        acceptsGzip: Bool
      ) async throws {
        try await Self.run { server in
          try await server.client { client in
            let response = try client.exchange(
              "/after", [("Accept-Encoding", acceptsGzip ? "gzip" : "identity")])
            #expect(response.framing == .chunked)
            #expect(response.isBroken && !response.isDecoded)
            #expect(response.text == bigText)
          }
          try await server.journal.wait(for: "end aborted")
          try await server.expect("/fine", answers: "fine")
        }
      }

      @Test func `a body that closing would end is ended by a reset`() async throws {
        try await Self.run { server in
          for _ in 0..<20 {
            try await server.client { client in
              let response = try client.exchange("/after", version: "1.0")
              #expect(response.framing == .close || response.framing == nil)
              #expect(response.isBroken && response.isReset)
            }
          }
        }
      }

      @Test(arguments: ["/too-much-flushed", "/too-little-flushed"])
      func `a wrong declared length breaks the message`(path: String) async throws {
        try await Self.run { server in
          try await server.client { client in
            let response = try client.gzipped(path)
            #expect(response.status == 200 && response.isBroken)
            #expect(response.text == bigText)
          }
          if path == "/too-much-flushed" {
            try await server.journal.wait(for: "declaredLengthExceeded")
          }
          try await server.expect("/fine", answers: "fine")
        }
      }
    }
  }
#endif
