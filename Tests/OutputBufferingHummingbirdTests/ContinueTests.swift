#if Hummingbird
  import HTTPOutputBuffering
  import HTTPTypes
  import Hummingbird
  import OutputBufferingHummingbird
  import OutputBufferingTesting
  import Testing

  extension SocketTests {
    /// Clients that withhold their content until the server asks for it (RFC 9110 §10.1.1).
    @Suite struct ContinueTests {
      static func run(_ body: @escaping @Sendable (HTTP1Connection) throws -> Void) async throws {
        try await TestServer.run { router, server in
          router.get("/next") { _, _ in "next" }
          router.post("/read") { request, _ in
            String(buffer: try await request.body.collect(upTo: 100))
          }
          router.post("/handler") { request, context in
            try await server.buffering.response(to: request, context: context) { response in
              for try await bytes in request.body {
                try await response.write(String(buffer: bytes))
              }
            }
          }
          router.post("/flushing") { request, context in
            try await server.buffering.response(to: request, context: context) { response in
              try await response.flush()
              for try await bytes in request.body {
                try await response.write(String(buffer: bytes))
              }
            }
          }
          router.post("/refuse") { _, _ in HTTPResponse.Status.contentTooLarge }
        } _: { server in
          for _ in 0..<20 { try await server.client(body) }
        }
      }

      private static func post(_ path: String, version: String = "1.1") -> String {
        HTTP1Connection.request(
          path, method: "POST", version: version,
          [("Content-Length", "5"), ("Expect", "100-continue")])
      }

      @Test(arguments: ["/read", "/handler"])
      func `the first read of a body tells the client to send it`(path: String) async throws {
        try await Self.run { client in
          try client.send(Self.post(path))
          let response = try client.readResponse(to: "POST", until: { $0.interim.count == 1 })
          #expect(response.interim.map(\.head.status) == [100])
          try client.send("12")
          try client.send("345" + HTTP1Connection.request("/next"))
          try client.read(response)
          #expect(response.interim.count == 1 && response.text == "12345")
          #expect(try client.readResponse().text == "next")
        }
      }

      @Test func `content that comes without waiting needs no telling`() async throws {
        try await Self.run { client in
          try client.send(Self.post("/read") + "12345" + HTTP1Connection.request("/next"))
          let response = try client.readResponse(to: "POST")
          #expect(response.interim.isEmpty && response.text == "12345")
          #expect(try client.readResponse().text == "next")
        }
      }

      @Test(arguments: ["/refuse", "/flushing"])
      func `a final response refuses the content, and the connection closes`(
        path: String
      ) async throws {
        try await Self.run { client in
          try client.send(Self.post(path))
          let response = try client.readResponse(
            to: "POST", until: { path == "/flushing" && $0.status == 200 })
          #expect(response.interim.isEmpty && response["connection"] == "close")
          guard path == "/refuse" else { return }
          let isReset = try client.waitForEnd().isReset
          #expect(response.status == 413 && !isReset)
        }
      }

      @Test func `HTTP 1.0 is told nothing`() async throws {
        try await Self.run { client in
          try client.send(Self.post("/read", version: "1.0"))
          #expect(try client.isHeld())
          try client.send("12345")
          let response = try client.readResponse(to: "POST")
          #expect(response.interim.isEmpty && response.text == "12345")
        }
      }
    }
  }
#endif
