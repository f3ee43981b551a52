#if Hummingbird
  import HTTPContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  import Hummingbird
  import NIOCore
  import OutputBufferingHummingbird
  import OutputBufferingTesting
  import Testing

  extension SocketTests {
    /// Endless streams from routes whose response ends with its head.
    @Suite struct HeadOnlyMiddlewareTests {
      private static func endless(
        _ server: TestServer, status: HTTPResponse.Status = .ok
      ) -> Response {
        Response(
          status: status, headers: [.contentType: "text/html"],
          body: ResponseBody { writer in
            defer { server.journal.note("ended") }
            while true {
              try await writer.write(ByteBuffer(string: "text"))
              try await Task.sleep(for: .milliseconds(10))
            }
          })
      }

      @Test(arguments: [
        ("HEAD", HTTPResponse.Status.ok), ("GET", .noContent), ("GET", .notModified),
      ])
      func `a stream that no one reads isn't run`(
        method: String, status: HTTPResponse.Status
      ) async throws {
        try await TestServer.run { router, server in
          for method in [HTTPRequest.Method.head, .get] {
            router.on("/", method: method) { _, _ in Self.endless(server, status: status) }
          }
          router.get("/next") { _, _ in "next" }
        } _: { server in
          let text = try await server.client { client in
            let response = try client.exchange("/", method: method, [])
            #expect(response.isComplete && response.content.isEmpty)
            return try client.gzipped("/next").text
          }
          #expect(text == "next")
        }
      }

      @Test func `a stream that is replaced by 406 ends`() async throws {
        let options = TestServer.Options {
          $0.settings.policy.refusesUnacceptable = true
        }
        try await TestServer.run(options) { router, server in
          router.get("/") { _, _ in Self.endless(server) }
          router.get("/next") { _, _ in "next" }
        } _: { server in
          let text = try await server.client { client in
            let response = try client.exchange("/", [("Accept-Encoding", "identity;q=0")])
            #expect(response.status == 406 && response.isComplete && response.content.isEmpty)
            return try client.gzipped("/next").text
          }
          #expect(text == "next")
          try await server.journal.wait(for: "ended")
        }
      }
    }
  }
#endif
