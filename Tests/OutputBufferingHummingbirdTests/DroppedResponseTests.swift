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
    /// A middleware may discard a response; its handler must not wait forever.
    @Suite struct DroppedResponseTests {
      struct Dropping: RouterMiddleware {
        func handle(
          _ request: Request, context: TestServer.Context,
          next: @concurrent (Request, TestServer.Context) async throws -> Response
        ) async throws -> Response {
          _ = try await next(request, context)
          return Response(
            status: .init(code: 418), headers: [.contentType: "text/plain"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: "dropped")))
        }
      }

      static func run(_ body: (TestServer) async throws -> Void) async throws {
        try await TestServer.run(TestServer.Options { $0.latencyBound = nil }) { router, server in
          router.add(middleware: Dropping())
          router.add(middleware: ContentCodingMiddleware(server.buffering))
          server.handle(router, "/stream") { response in
            try response.atEnd { server.journal.note("end \($0)") }
            try await response.write(bigText)
            try await response.flush()
            try await untilCancelled()
          }
          server.handle(router, "/whole") { response in
            try response.atEnd { server.journal.note("end \($0)") }
            try await response.write(bigText)
            try await response.finish()
            server.journal.note("worked")
          }
          server.handle(router, "/close") { response in
            try response.atEnd { server.journal.note("end \($0)") }
            try await response.finish(.close)
          }
          router.get("/coded") { _, _ in
            Response(
              status: .ok, headers: [.contentType: "text/plain"],
              body: ResponseBody { writer in
                defer { server.journal.note("end") }
                try await writer.write(ByteBuffer(string: bigText))
                try await untilCancelled()
              })
          }
        } _: { server in
          try await body(server)
        }
      }

      @Test(arguments: [("/stream", "end aborted"), ("/coded", "end")])
      func `a stream's handler is told`(path: String, end: String) async throws {
        try await Self.run { server in
          let response = try await server.client { try $0.gzipped(path) }
          #expect(response.status == 418 && response.text == "dropped")
          try await server.journal.wait(for: end, within: .seconds(2))
          #expect(server.journal.entries.count == 1)
        }
      }

      @Test func `a whole response's handler goes on`() async throws {
        try await Self.run { server in
          let response = try await server.client { try $0.gzipped("/whole") }
          #expect(response.status == 418 && response.text == "dropped")
          try await server.journal.wait(for: "worked", within: .seconds(2))
          try await server.journal.wait(for: "end finished", within: .seconds(2))
        }
      }

      @Test func `the connection closes when the dropped response would have closed it`()
        async throws
      {
        try await Self.run { server in
          try await server.client { client in
            let response = try client.gzipped("/close")
            #expect(response.status == 418 && response["connection"] == "close")
            #expect(try client.waitForEnd().late.isEmpty)
          }
        }
      }
    }
  }
#endif
