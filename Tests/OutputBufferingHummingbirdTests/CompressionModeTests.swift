#if Hummingbird
  import Hummingbird
  import NIOCore
  import OutputBufferingHummingbird
  import Synchronization
  import OutputBufferingTesting
  import Testing

  extension SocketTests {
    /// The compression mode of a group of routes and of a single response.
    @Suite struct CompressionModeTests {
      typealias Context = BasicRequestContext
      typealias Middleware = ContentCodingMiddleware<Context>

      private static let field = "x-output-buffering-compression-mode"

      /// Hummingbird's own server, and a buffered one.
      enum Server: CaseIterable {
        case plain, buffered

        var options: TestServer.Options {
          .init {
            $0.latencyBound = nil
            if self == .plain { $0.server = { _ in .http1() } }
          }
        }
      }

      /// How a route answers.
      enum Route: CaseIterable {
        case whole, stream, buffered

        func add(
          to group: RouterGroup<Context>, _ server: TestServer, _ mode: CompressionMode? = nil
        ) {
          group.get("page") { request, context in
            var response: Response
            switch self {
            case .whole: response = MiddlewareTests.plain()
            case .stream:
              response = MiddlewareTests.plain()
              response.body = ResponseBody { writer in
                for _ in 0..<3 {
                  try await writer.write(ByteBuffer(string: bigText))
                  await Task.yield()
                }
                try await writer.finish(nil)
              }
            case .buffered:
              return try await server.buffering.response(to: request, context: context) {
                try $0.updateHead { $0.headerFields[.contentType] = "text/html" }
                if let mode { $0.compressionMode = mode }
                try await $0.write(bigText)
              }
            }
            if let mode { response.compressionMode = mode }
            return response
          }
        }
      }

      /// Gets the page of a route within some middlewares, outermost first.
      private static func get(
        _ route: Route, on server: Server, mode: CompressionMode? = nil,
        _ middlewares: @escaping @Sendable (TestServer) -> [Middleware]
      ) async throws -> WireMessage {
        var result = WireMessage(method: "GET")
        try await TestServer.run(server.options) { router, server in
          var group = router.group("")
          for middleware in middlewares(server) {
            group = group.add(middleware: middleware).group("")
          }
          route.add(to: group, server, mode)
        } _: { server in
          result = try await server.client { try $0.gzipped("/page") }
        }
        #expect(result.isComplete && result[field] == nil)
        return result
      }

      private static func gzip(_: TestServer) -> Middleware { Middleware(codings: [.gzip()]) }

      @Test(arguments: Server.allCases, Route.allCases)
      func `codings are all that the middleware needs`(server: Server, route: Route) async throws {
        let response = try await Self.get(route, on: server) { [Self.gzip($0)] }
        #expect(response["content-encoding"] == "gzip")
        #expect(response.text.hasPrefix(bigText))
      }

      @Test(arguments: Server.allCases, Route.allCases)
      func `a group of routes is exempted`(server: Server, route: Route) async throws {
        let response = try await Self.get(route, on: server) {
          [Self.gzip($0), Middleware(mode: .off)]
        }
        #expect(response["content-encoding"] == nil && response["vary"] == nil)
        #expect(response.text.hasPrefix(bigText))
      }

      @Test(arguments: Route.allCases)
      func `the innermost mode counts`(route: Route) async throws {
        let force = try await Self.get(route, on: .buffered) {
          [Self.gzip($0), Middleware(mode: .off), Middleware(mode: .force)]
        }
        #expect(force["content-encoding"] == "gzip")
        let off = try await Self.get(route, on: .buffered) {
          [
            Middleware(mode: .force), Self.gzip($0), Middleware(mode: .automatic),
            Middleware(mode: .off),
          ]
        }
        #expect(off["content-encoding"] == nil)
      }

      @Test(arguments: [Route.whole, .stream])
      func `a middleware within a mode has its own policy`(route: Route) async throws {
        let response = try await Self.get(route, on: .buffered) {
          [Middleware(mode: .off), Self.gzip($0)]
        }
        #expect(response["content-encoding"] == "gzip")
      }

      @Test(arguments: Server.allCases, [Route.whole, .stream])
      func `the innermost middleware decides, also not to code`(
        server: Server, route: Route
      ) async throws {
        let response = try await Self.get(route, on: server) {
          [
            Self.gzip($0),
            Middleware(codings: [.gzip()], policy: CompressionPolicy(mediaTypes: MediaTypeSet())),
          ]
        }
        #expect(response["content-encoding"] == nil)
      }

      @Test(arguments: Server.allCases, Route.allCases)
      func `a response has a mode of its own, which doesn't go out`(
        server: Server, route: Route
      ) async throws {
        let off = try await Self.get(route, on: server, mode: .off) {
          [Self.gzip($0), Middleware(mode: .force)]
        }
        #expect(off["content-encoding"] == nil)
        let force = try await Self.get(route, on: server, mode: .force) {
          [Self.gzip($0), Middleware(mode: .off)]
        }
        #expect(force["content-encoding"] == "gzip")
      }

      @Test(arguments: [Route.whole, .stream])
      func `a mode that no middleware takes doesn't go out`(route: Route) async throws {
        let none = try await Self.get(route, on: .plain, mode: .force) { _ in [] }
        #expect(none["content-encoding"] == nil)
        let alone = try await Self.get(route, on: .plain, mode: .force) { _ in
          [Middleware(mode: .off)]
        }
        #expect(alone["content-encoding"] == nil)
      }

      @Test func `a response that is kept for other requests keeps its mode to itself`()
        async throws
      {
        let kept = Mutex<Response?>(nil)
        try await TestServer.run(Server.plain.options) { router, server in
          router.add(middleware: Self.gzip(server))
          router.get("page") { _, _ in
            kept.withLock { kept in
              if let kept { return kept }
              var response = MiddlewareTests.plain()
              response.compressionMode = .off
              #expect(response.compressionMode == .off)
              kept = response
              return response
            }
          }
        } _: { server in
          for _ in 0..<2 {
            let response = try await server.client { try $0.gzipped("/page") }
            #expect(response["content-encoding"] == nil && response[Self.field] == nil)
          }
        }
      }

      /// An error whose response sets its own mode.
      struct PageError: HTTPResponseError {
        let mode: CompressionMode?
        var status: HTTPResponse.Status { .notFound }

        func response(from request: Request, context: some RequestContext) throws -> Response {
          var response = MiddlewareTests.plain(status: .notFound)
          if let mode { response.compressionMode = mode }
          return response
        }
      }

      @Test(
        arguments: [(nil, nil), (.off, nil), (.force, "gzip")] as [(CompressionMode?, String?)])
      func `the response of an error has the mode of its group, or its own`(
        mode: CompressionMode?, coding: String?
      ) async throws {
        try await TestServer.run(Server.plain.options) { router, server in
          router.add(middleware: Self.gzip(server))
          router.group("").add(middleware: Middleware(mode: .off)).get("page") { _, _ -> Response in
            throw PageError(mode: mode)
          }
        } _: { server in
          let response = try await server.client { try $0.gzipped("/page") }
          #expect(response.status == 404 && response.text == bigText)
          #expect(response["content-encoding"] == coding && response[Self.field] == nil)
        }
      }

      /// An error that has its page with it.
      struct FinishedPage: HTTPResponseError {
        let page: Response
        var status: HTTPResponse.Status { page.status }

        func response(from request: Request, context: some RequestContext) -> Response { page }
      }

      @Test func `the mode of an error's page that no middleware takes doesn't go out`()
        async throws
      {
        try await TestServer.run(Server.plain.options) { router, _ in
          router.group("").add(middleware: Middleware(mode: .off)).get("page") { _, _ -> Response in
            var page = MiddlewareTests.plain(status: .notFound)
            page.compressionMode = .force
            throw FinishedPage(page: page)
          }
        } _: { server in
          let response = try await server.client { try $0.gzipped("/page") }
          #expect(response.status == 404 && response.text == bigText)
          #expect(response[Self.field] == nil)
        }
      }

      /// A buffered server removes the field; on a server of Hummingbird's own, the mode is reset.
      @Test(arguments: Server.allCases)
      func `a response that is kept for routes without a middleware doesn't show its mode`(
        kind: Server
      ) async throws {
        let kept = Mutex<Response?>(nil)
        try await TestServer.run(kind.options) { router, server in
          router.get("kept") { _, _ in
            var response = kept.withLock { $0 ?? MiddlewareTests.plain() }
            #expect(response.headers[.init(Self.field)!] != nil)
            if kind == .plain { response.compressionMode = nil }
            return response
          }
          router.group("").add(middleware: Self.gzip(server)).get("page") { _, _ in
            var response = MiddlewareTests.plain()
            response.compressionMode = .off
            kept.withLock { $0 = response }
            return response
          }
        } _: { server in
          for path in ["/page", "/kept"] {
            let response = try await server.client { try $0.gzipped(path) }
            #expect(response["content-encoding"] == nil && response[Self.field] == nil)
          }
        }
      }

      /// A middleware that responds if the route has failed, as a file server does.
      struct Fallback: RouterMiddleware {
        func handle(
          _ request: Request, context: Context,
          next: @concurrent (Request, Context) async throws -> Response
        ) async throws -> Response {
          do {
            return try await next(request, context)
          } catch {
            return MiddlewareTests.plain()
          }
        }
      }

      @Test func `what a middleware answers in place of an error is coded by the one around it`()
        async throws
      {
        try await TestServer.run(Server.buffered.options) { router, server in
          router.add(middleware: Self.gzip(server))
          router.add(middleware: Fallback())
          router.add(middleware: Self.gzip(server))
          router.get("page") { _, _ -> Response in throw HTTPError(.notFound) }
        } _: { server in
          let response = try await server.client { try $0.gzipped("/page") }
          #expect(response["content-encoding"] == "gzip" && response.text == bigText)
        }
      }
    }
  }
#endif
