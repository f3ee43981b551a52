#if Hummingbird
  import HTTPOutputBuffering
  import HTTPTypes
  import Hummingbird
  import NIOCore
  import OutputBufferingHummingbird
  import OutputBufferingTestSupport
  import Synchronization
  import OutputBufferingTesting
  import Testing

  extension SocketTests {
    /// Errors that a route throws through the middleware.
    @Suite struct ErrorResponseTests {
      /// 404 with a page.
      struct PageNotFound: HTTPResponseError {
        var status: HTTPResponse.Status { .notFound }

        func response(from request: Request, context: some RequestContext) throws -> Response {
          MiddlewareTests.plain(status: .notFound)
        }
      }

      /// An error without a response of its own.
      struct Unanswerable: HTTPResponseError {
        var status: HTTPResponse.Status { .conflict }

        func response(from request: Request, context: some RequestContext) throws -> Response {
          throw CancellationError()
        }
      }

      struct Plain: Error {}

      /// Records the errors thrown through it.
      struct Watch: RouterMiddleware {
        typealias Context = TestServer.Context
        let journal: Journal

        func handle(
          _ request: Request, context: Context,
          next: @concurrent (Request, Context) async throws -> Response
        ) async throws -> Response {
          do {
            return try await next(request, context)
          } catch let error as any HTTPResponseError {
            journal.note("\(error.status.code) \(error)")
            throw error
          } catch {
            journal.note("\(error)")
            throw error
          }
        }
      }

      static func get(
        _ error: any Error, method: String = "GET", accepting: String = "gzip",
        _ check: (TestServer, WireMessage) throws -> Void
      ) async throws {
        let options = TestServer.Options { $0.latencyBound = nil }
        try await TestServer.run(options) { router, server in
          router.add(middleware: CORSMiddleware())
          router.add(middleware: Watch(journal: server.journal))
          router.add(middleware: ContentCodingMiddleware(server.buffering))
          router.on("/", method: method == "HEAD" ? .head : .get) { _, _ -> Response in throw error
          }
          router.on("/handler", method: .get) { request, context in
            try await server.buffering.response(to: request, context: context) { _ in throw error }
          }
        } _: { server in
          for path in method == "HEAD" ? ["/"] : ["/", "/handler"] {
            let response = try await server.client { client in
              let fields = [("Accept-Encoding", accepting), ("Origin", "https://example.org")]
              let response = try client.exchange(path, method: method, fields)
              _ = try client.exchange("/nowhere", fields)
              return response
            }
            try check(server, response)
          }
        }
      }

      @Test func `a page that is thrown is coded`() async throws {
        try await Self.get(PageNotFound()) { server, response in
          #expect(response.status == 404 && response["content-encoding"] == "gzip")
          #expect(response.text == bigText && response["vary"]?.contains("Accept-Encoding") == true)
          #expect(response.framing == .length(response.content.count))
          #expect(response["access-control-allow-origin"] != nil)
          #expect(server.journal.entries.first == "404 \(PageNotFound())")
        }
      }

      @Test func `a page that is thrown varies where it isn't coded`() async throws {
        try await Self.get(PageNotFound(), accepting: "br") { _, response in
          #expect(response.status == 404 && response["content-encoding"] == nil)
          #expect(response.text == bigText && response["vary"]?.contains("Accept-Encoding") == true)
        }
      }

      @Test func `HEAD of a page that is thrown says what GET does`() async throws {
        try await Self.get(PageNotFound(), method: "HEAD") { _, response in
          #expect(response.status == 404 && response.content.isEmpty)
          #expect(response["vary"]?.contains("Accept-Encoding") == true)
        }
      }

      @Test func `Hummingbird's own error is coded`() async throws {
        let error = HTTPError(.badRequest, headers: [.eTag: #""v1""#], message: bigText)
        try await Self.get(error) { server, response in
          #expect(response.status == 400 && response["content-encoding"] == "gzip")
          #expect(response.text.contains("Lorem") && response["etag"]?.hasPrefix("W/") == true)
          #expect(server.journal.entries.first?.hasPrefix("400 HTTPError: Bad Request") == true)
        }
      }

      @Test func `an error that has no response passes unchanged`() async throws {
        try await Self.get(Plain()) { server, response in
          #expect(response.status == 500 && response.content.isEmpty)
          #expect(server.journal.entries.first == "\(Plain())")
        }
        try await Self.get(Unanswerable()) { server, response in
          #expect(response.status == 500 && response.content.isEmpty)
          #expect(server.journal.entries.first?.contains("\(Unanswerable())") == true)
        }
      }

      @Test func `a middleware around serves a file where the route finds nothing`() async throws {
        let options = TestServer.Options { $0.latencyBound = nil }
        try await TestServer.run(options) { router, server in
          router.add(middleware: Fallback())
          router.add(middleware: ContentCodingMiddleware(server.buffering))
          router.get("/") { _, _ -> Response in throw PageNotFound() }
        } _: { server in
          for path in ["/", "/nowhere"] {
            let response = try await server.client { try $0.gzipped(path) }
            #expect(response.status == 200 && response.text == "a file")
          }
        }
      }

      /// Mimics `FileMiddleware`.
      struct Fallback: RouterMiddleware {
        typealias Context = TestServer.Context

        func handle(
          _ request: Request, context: Context,
          next: @concurrent (Request, Context) async throws -> Response
        ) async throws -> Response {
          do {
            return try await next(request, context)
          } catch let error as any HTTPResponseError where error.status == .notFound {
            return MiddlewareTests.plain(text: "a file")
          }
        }
      }
    }
  }
#endif
