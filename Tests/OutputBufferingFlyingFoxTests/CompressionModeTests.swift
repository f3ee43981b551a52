#if FlyingFox
  import FlyingFox
  import Foundation
  import HTTPOutputBuffering
  import HTTPTypes
  import OutputBufferingFlyingFox
  import OutputBufferingTesting
  import OutputBufferingTestSupport
  import Testing

  /// The compression mode of a group of handlers.
  @Suite(.serialized, .timeLimit(.minutes(2))) struct CompressionModeTests {
    private static let text = String(repeating: "<p>text</p>", count: 10_000)

    /// How a page is made.
    enum Page: CaseIterable {
      case plain, buffered

      func handler(_ buffering: ResponseBuffering) -> ClosureHTTPHandler {
        ClosureHTTPHandler { request in
          guard self == .buffered else {
            return FlyingFox.HTTPResponse(
              statusCode: .ok, headers: [.contentType: "text/html"],
              body: Data(CompressionModeTests.text.utf8))
          }
          return try await buffering.response(to: request) { response in
            try response.updateHead { $0.headerFields[.contentType] = "text/html" }
            try await response.write(CompressionModeTests.text)
          }
        }
      }
    }

    /// Checks the coding of a page for a client that accepts gzip.
    private func expect(
      _ coding: String?, of page: Page, within wrap: (ClosureHTTPHandler) -> ContentCodingHandler
    ) async throws {
      let buffering = ResponseBuffering(codings: [.gzip()])
      let handler = wrap(page.handler(buffering))
      try await TestServer.run(buffering) { server in
        let client = try AsyncClient(port: server.port)
        try await client.get("/", "Accept-Encoding: gzip")
        let message = try await client.readResponse()
        #expect(message["content-encoding"] == coding)
        #expect(message.isComplete)
      } handler: {
        try await handler.handleRequest($0)
      }
    }

    @Test(arguments: Page.allCases)
    func `codings are all that the handler needs`(page: Page) async throws {
      try await expect("gzip", of: page) {
        ContentCodingHandler(codings: [.gzip()], handler: $0)
      }
    }

    @Test(arguments: Page.allCases)
    func `a group of handlers is exempted, and the innermost mode counts`(
      page: Page
    ) async throws {
      try await expect(nil, of: page) {
        ContentCodingHandler(
          codings: [.gzip()], handler: ContentCodingHandler(mode: .off, handler: $0))
      }
      try await expect("gzip", of: page) {
        ContentCodingHandler(
          codings: [.gzip()],
          handler: ContentCodingHandler(
            mode: .off, handler: ContentCodingHandler(mode: .force, handler: $0)))
      }
      try await expect("gzip", of: page) {
        ContentCodingHandler(
          mode: .off, handler: ContentCodingHandler(codings: [.gzip()], handler: $0))
      }
    }

    @Test(arguments: Page.allCases, [false, true])
    func `a page in place of a response that was decided is coded as any other`(
      page: Page, isCodedInside: Bool
    ) async throws {
      let buffering = ResponseBuffering(codings: [.gzip()])
      let inside = page.handler(buffering)
      let handler = ContentCodingHandler(
        buffering,
        handler: ClosureHTTPHandler { request in
          _ =
            isCodedInside
            ? try await ContentCodingHandler(buffering, handler: inside).handleRequest(request)
            : try await inside.handleRequest(request)
          return try await Page.plain.handler(buffering).handleRequest(request)
        })
      try await TestServer.run(buffering) { server in
        let client = try AsyncClient(port: server.port)
        for method in ["GET", "HEAD"] {
          try await client.send(
            "\(method) / HTTP/1.1\r\nHost: test\r\nAccept-Encoding: gzip\r\n\r\n")
          let message = try await client.readResponse(to: method)
          #expect(message["content-encoding"] == "gzip" && message.isComplete)
          #expect(message["x-output-buffering-mark"] == nil)
        }
      } handler: {
        try await handler.handleRequest($0)
      }
    }

    @Test(arguments: Page.allCases)
    func `a page in place of a response that isn't to be coded isn't coded either`(
      page: Page
    ) async throws {
      let buffering = ResponseBuffering(codings: [.gzip()])
      let inside = ContentCodingHandler(
        buffering, handler: ContentCodingHandler(mode: .off, handler: page.handler(buffering)))
      try await expect(nil, of: .plain) { plain in
        ContentCodingHandler(
          buffering,
          handler: ClosureHTTPHandler { request in
            _ = try await inside.handleRequest(request)
            return try await plain.handleRequest(request)
          })
      }
    }

    @Test(arguments: Page.allCases)
    func `a mode that forces a response doesn't force the page in its place`(
      page: Page
    ) async throws {
      let buffering = ResponseBuffering(codings: [.gzip()])
      let inside = ContentCodingHandler(
        buffering, handler: ContentCodingHandler(mode: .force, handler: page.handler(buffering)))
      try await expect(nil, of: .plain) { plain in
        ContentCodingHandler(
          buffering,
          handler: ContentCodingHandler(
            mode: .off,
            handler: ClosureHTTPHandler { request in
              _ = try await inside.handleRequest(request)
              return try await plain.handleRequest(request)
            }))
      }
    }

    @Test func `the page of a handler that rebuilds a response has its mode off too`() async throws
    {
      try await expect(nil, of: .plain) { plain in
        let buffering = ResponseBuffering(codings: [.gzip()])
        return ContentCodingHandler(
          buffering,
          handler: ClosureHTTPHandler { request in
            _ = try await buffering.response(to: request) { response in
              response.compressionMode = .off
              try await response.write("secret")
            }
            return try await plain.handleRequest(request)
          })
      }
    }

    @Test(arguments: Page.allCases)
    func `a mode without a coding handler around it leaves no mark`(page: Page) async throws {
      let buffering = ResponseBuffering(codings: [.gzip()])
      let handler = page.handler(buffering)
      try await TestServer.run(buffering) { server in
        let client = try AsyncClient(port: server.port)
        try await client.get("/", "Accept-Encoding: gzip")
        let message = try await client.readResponse()
        #expect(message["x-output-buffering-mark"] == nil && message.isComplete)
      } handler: { request in
        try await RouteCoding.compressionMode(.off) { try await handler.handleRequest(request) }
      }
    }

    @Test func `the mode of a handler that doesn't answer isn't that of another`() async throws {
      let buffering = ResponseBuffering(codings: [.gzip()])
      var routes = RoutedHTTPHandler()
      routes.appendRoute("*", to: ContentCodingHandler(mode: .off, handler: RoutedHTTPHandler()))
      routes.appendRoute("*", to: Page.plain.handler(buffering))
      let handler = ContentCodingHandler(buffering, handler: routes)
      let response = try await handler.handleRequest(
        FlyingFox.HTTPRequest(
          method: .GET, version: .http11, path: "/", query: [],
          headers: [HTTPHeader("Accept-Encoding"): "gzip"], body: HTTPBodySequence()))
      #expect(response.headers[.contentEncoding] == "gzip")
    }

    @Test func `the innermost handler decides, also not to code`() async throws {
      try await expect(nil, of: .plain) {
        ContentCodingHandler(
          codings: [.gzip()],
          handler: ContentCodingHandler(
            codings: [.gzip()], policy: CompressionPolicy(mediaTypes: MediaTypeSet()), handler: $0))
      }
    }
  }
#endif
