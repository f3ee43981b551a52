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
    /// Middleware that answers in place of a response inside.
    @Suite struct ReplacedResponseTests {
      private static let withoutMiddleware = TestServer.Options { $0.latencyBound = nil }

      /// Answers in place of a response that wasn't found, as `FileMiddleware` can.
      private struct Fallback: RouterMiddleware {
        typealias Context = TestServer.Context

        func handle(
          _ request: Request, context: Context,
          next: @concurrent (Request, Context) async throws -> Response
        ) async throws -> Response {
          let response = try await next(request, context)
          guard response.status == .notFound else { return response }
          let page = ByteBuffer(string: bigText)
          return Response(
            status: .ok,
            headers: [.contentType: "text/html", .contentLength: "\(page.readableBytes)"],
            body: request.method == .head ? .init() : .init(byteBuffer: page))
        }
      }

      @Test func `a page in place of a coded response is coded as any other`() async throws {
        try await TestServer.run(Self.withoutMiddleware) { router, server in
          router.add(middleware: ContentCodingMiddleware(server.buffering))
          router.add(middleware: Fallback())
          router.add(middleware: ContentCodingMiddleware(server.buffering))
          router.get("/") { _, _ in Response(status: .notFound) }
          router.head("/") { _, _ in Response(status: .notFound) }
        } _: { server in
          let (response, head, plain) = try await server.client { client in
            (
              try client.gzipped("/"), try client.gzipped("/", method: "HEAD"),
              try client.exchange("/", method: "HEAD")
            )
          }
          #expect(response["content-encoding"] == "gzip" && response.text == bigText)
          #expect(head["content-encoding"] == "gzip")
          #expect(plain["content-length"] == "\(bigText.utf8.count)")
          #expect(response["x-output-buffering-compression-mode"] == nil)
        }
      }

      /// What an inner group of routes answers with, before a page takes its place.
      enum Inner: String, CaseIterable {
        case plain, buffered, error
      }

      /// Answers in place of a response or an error that wasn't found.
      private struct Rendering: RouterMiddleware {
        typealias Context = TestServer.Context

        func handle(
          _ request: Request, context: Context,
          next: @concurrent (Request, Context) async throws -> Response
        ) async throws -> Response {
          do { _ = try await next(request, context) } catch is any HTTPResponseError {}
          return Response(
            status: .ok, headers: [.contentType: "text/html"],
            body: .init(byteBuffer: ByteBuffer(string: bigText)))
        }
      }

      @Test(arguments: Inner.allCases, [false, true])
      func `a page in place of a response that isn't to be coded isn't coded`(
        inner: Inner, isForcedInside: Bool
      ) async throws {
        try await TestServer.run(Self.withoutMiddleware) { router, server in
          router.add(middleware: ContentCodingMiddleware(server.buffering))
          if isForcedInside { router.add(middleware: ContentCodingMiddleware(mode: .off)) }
          router.add(middleware: Rendering())
          router.add(middleware: ContentCodingMiddleware(server.buffering))
          router.add(middleware: ContentCodingMiddleware(mode: isForcedInside ? .force : .off))
          router.get("/plain") { _, _ in Response(status: .notFound) }
          router.get("/error") { _, _ -> Response in throw HTTPError(.notFound, message: "none") }
          server.handle(router, "/buffered") { try await $0.write("none") }
        } _: { server in
          let response = try await server.client { try $0.gzipped("/\(inner)") }
          #expect(response["content-encoding"] == nil && response.text == bigText)
        }
      }

      /// Collects a body, and answers with 502 if that fails.
      private struct Collecting: RouterMiddleware {
        typealias Context = TestServer.Context
        let server: TestServer

        func handle(
          _ request: Request, context: Context,
          next: @concurrent (Request, Context) async throws -> Response
        ) async throws -> Response {
          let response = try await next(request, context)
          server.gate.open()
          do {
            let text = try await OuterMiddlewareTests.Collector.text(of: response)
            return Response(
              status: response.status, body: .init(byteBuffer: ByteBuffer(string: text)))
          } catch {
            return Response(status: .badGateway)
          }
        }
      }

      @Test func `a middleware that collects a body answers in place of one that breaks off`()
        async throws
      {
        struct Failure: Error {}
        try await TestServer.run(Self.withoutMiddleware) { router, server in
          router.add(middleware: Collecting(server: server))
          router.add(middleware: ContentCodingMiddleware(server.buffering))
          router.get("/coded") { _, _ in
            Response(
              status: .ok, headers: [.contentType: "text/html"],
              body: ResponseBody { writer in
                try await writer.write(ByteBuffer(string: bigText))
                await server.gate.wait()
                throw Failure()
              })
          }
          server.handle(router, "/buffered") { response in
            try await response.write(bigText)
            try await response.flush()
            throw Failure()
          }
        } _: { server in
          let statuses = try await server.client { client in
            [try client.gzipped("/coded").status, try client.gzipped("/buffered").status]
          }
          #expect(statuses == [502, 502])
        }
      }

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
        try await TestServer.run(Self.withoutMiddleware) { router, server in
          router.add(middleware: GivingUp(server: server))
          router.add(middleware: ContentCodingMiddleware(server.buffering))
          router.get("/slow") { _, _ in
            Response(
              status: .ok, headers: [.contentType: "text/html"],
              body: ResponseBody { writer in
                try await writer.write(ByteBuffer(string: bigText))
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
