#if Hummingbird
  import HTTPOutputBuffering
  import HTTPTypes
  import Hummingbird
  import NIOCore
  import OutputBufferingHummingbird
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Synchronization
  import Testing

  extension SocketTests {
    /// Bodies that outlive the response that has taken their place.
    @Suite struct AbandonedBodyTests {
      /// Answers when a body takes too long, and lets it be written on.
      private struct GivingUp: RouterMiddleware {
        typealias Context = TestServer.Context
        let server: TestServer

        func handle(
          _ request: Request, context: Context,
          next: @concurrent (Request, Context) async throws -> Response
        ) async throws -> Response {
          let response = try await next(request, context)
          guard request.uri.path == "/slow" else { return response }
          let server = server
          Task {
            struct Sink: ResponseBodyWriter {
              mutating func write(_ buffer: ByteBuffer) async throws {}
              consuming func finish(_ trailers: HTTPFields?) async throws {}
            }
            try? await response.body.write(Sink())
            server.journal.note("left")
          }
          return Response(status: .gatewayTimeout)
        }
      }

      @Test func `a body that is left doesn't break off the next response`() async throws {
        struct Failure: Error {}
        let next = Gate()
        try await TestServer.run(.init { $0.latencyBound = nil }) { router, server in
          router.add(middleware: GivingUp(server: server))
          router.add(middleware: ContentCodingMiddleware(server.buffering))
          router.get("/slow") { _, _ in
            Response(
              status: .ok, headers: [.contentType: "text/html"],
              body: ResponseBody { writer in
                try await writer.write(ByteBuffer(string: bigText))
                try await Task.sleep(for: .milliseconds(50))
                await server.gate.wait()
                throw Failure()
              })
          }
          router.get("/next") { _, _ in
            Response(
              status: .ok, headers: [.contentType: "image/png"],
              body: ResponseBody { writer in
                try await writer.write(ByteBuffer(string: "begin"))
                server.gate.open()
                await next.wait()
                try await writer.write(ByteBuffer(string: "end"))
                try await writer.finish(nil)
              })
          }
        } _: { server in
          let client = try AsyncClient(port: server.port)
          try await client.get("/slow", "Accept-Encoding: gzip")
          let slow = try await client.readResponse()
          try await client.get("/next")
          #expect(await eventually { server.journal.entries.contains("left") })
          next.open()
          let message = try await client.readResponse()
          #expect(slow.status == 504 && message.text == "beginend" && message.isComplete)
        }
      }
    }
  }
#endif
