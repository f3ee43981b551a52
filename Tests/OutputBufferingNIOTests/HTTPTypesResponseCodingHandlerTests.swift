#if NIO
  import GzipContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  import NIOCore
  import NIOEmbedded
  import NIOHTTPTypes
  import OutputBufferingNIO
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Testing

  /// The handler for HTTP types, over HTTP/1.1 and in HTTP/2 streams.
  @Suite(.timeLimit(.minutes(1))) struct HTTPTypesResponseCodingHandlerTests {
    static let page = HTTPResponseCodingHandlerTests.page

    @Test func `A page over HTTP 1.1 is coded, with its length, and so is the next`() async throws {
      try await withTypedServer { request, context in
        var head = HTTPResponse.html()
        if request.path == "/last" { head.headerFields[.connection] = "close" }
        context.write(typed: .head(head))
        context.write(typed: Self.page)
        context.write(typed: .end(nil))
        context.flush()
      } _: { port in
        let last = get().replacing("GET / ", with: "GET /last ")
        let received = try await exchange(port, get() + last)
        let response = try received.response
        #expect(response.fields["content-encoding"] == "gzip")
        let length = try #require(response.fields["content-length"].flatMap { Int($0) })
        #expect(try InflateDecoder.text(Array(response.body.prefix(length))) == Self.page)
        let next = try #require(WireResponse(Array(response.body.dropFirst(length))))
        #expect(try InflateDecoder.text(next.body) == Self.page)
      }
    }

    @Test func `A stream to HTTP 1.0 is neither coded nor chunked, and ends by closing`()
      async throws
    {
      try await withTypedServer { _, context in
        context.write(typed: .head(.html()))
        context.write(typed: Self.page)
        context.flush()
        context.write(typed: .end(nil))
        context.flush()
      } _: { port in
        let response = try await exchange(port, get(version: "1.0")).response
        #expect(response.fields["content-encoding"] == nil)
        #expect(response.fields["transfer-encoding"] == nil)
        #expect(response.body == Array(Self.page.utf8))
      }
    }

    @Test func `A response to HEAD has no content`() async throws {
      try await withTypedServer { _, context in
        var head = HTTPResponse.html(length: Self.page.utf8.count)
        head.headerFields[.connection] = "close"
        context.write(typed: .head(head))
        context.write(typed: Self.page)
        context.write(typed: .end(nil))
        context.flush()
      } _: { port in
        let received = try await exchange(port, get().replacing("GET ", with: "HEAD "))
        #expect(received.text.hasSuffix("\r\n\r\n"))
        #expect(try received.response.body.isEmpty)
      }
    }

    @Test func `A page over HTTP 2 is coded`() async throws {
      try await withHTTP2Server { _, context in
        context.write(typed: .head(.html()))
        context.write(typed: Self.page)
        context.flush()
        context.write(typed: .end([.eTag: "\"v1\""]))
        context.flush()
      } _: { client in
        let response = try await client.send(.get)
        #expect(response.head?.headerFields[.contentEncoding] == "gzip")
        #expect(response.hasEnded)
        #expect(try InflateDecoder.text(response.body) == Self.page)
      }
    }

    @Test func `Content to HEAD is no frames, which clients of HTTP 2 take for a flood`()
      async throws
    {
      try await withHTTP2Server { request, context in
        context.write(typed: .head(.html(length: 3 * Self.page.utf8.count)))
        for _ in 0..<3 {
          context.write(typed: Self.page)
          context.flush()
        }
        context.write(typed: .end(nil))
        context.flush()
      } _: { client in
        let head = try await client.send(.head, [:])
        #expect(head.head?.headerFields[.contentLength] == String(3 * Self.page.utf8.count))
        #expect(head.body.isEmpty)
        #expect(head.hasEnded)
        let response = try await client.send(.get, [:])
        #expect(response.body.count == 3 * Self.page.utf8.count)
      }
    }

    @Test(arguments: ["gzip", "identity"])
    func `A part without bytes is no frame either`(acceptEncoding: String) async throws {
      try await withHTTP2Server { _, context in
        context.write(typed: .head(.html()))
        context.write(typed: Self.page)
        context.flush()
        let written = (0..<3).map { _ in
          defer { context.flush() }
          return context.write(typed: "")
        }
        EventLoopFuture.andAllSucceed(written, on: context.eventLoop).assumeIsolated()
          .whenComplete { _ in
            context.write(typed: .end(nil))
            context.flush()
          }
      } _: { client in
        let response = try await client.send(.get, [.acceptEncoding: acceptEncoding])
        #expect(response.hasEnded)
        let body =
          acceptEncoding == "gzip"
          ? try InflateDecoder.text(response.body) : String(decoding: response.body, as: UTF8.self)
        #expect(body == Self.page)
      }
    }

    @Test func `A message over HTTP 2 is broken off by a reset of its stream alone`()
      async throws
    {
      try await withHTTP2Server { request, context in
        let length = request.method == .post ? 10 : 5
        context.write(typed: .head(.html(length: length)))
        context.write(typed: "short")
        context.write(typed: .end(nil))
        context.flush()
      } _: { client in
        await #expect(throws: (any Error).self) { _ = try await client.send(.post) }
        let response = try await client.send(.get)
        #expect(response.hasEnded)
      }
    }

    @Test func `A tunnel over HTTP 2 carries what it is given (RFC 9113 §8.5)`() throws {
      let channel = EmbeddedChannel()
      try channel.pipeline.syncOperations.addHandler(
        HTTPTypesResponseCodingHandler(
          version: .http2, codings: [.gzip()]))
      channel.connect(to: try SocketAddress(unixDomainSocketPath: "/"), promise: nil)
      let request = HTTPRequest(method: .connect, scheme: nil, authority: "a:1", path: nil)
      try channel.writeInbound(HTTPRequestPart.head(request))
      let head = HTTPResponse(status: .ok)
      try channel.writeOutbound(HTTPResponsePart.head(head))
      try channel.writeOutbound(HTTPResponsePart.body(ByteBuffer(string: "raw")))
      try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(string: "raw")))
      #expect(try channel.readOutbound(as: HTTPResponsePart.self) == .head(head))
      #expect(
        try channel.readOutbound(as: HTTPResponsePart.self) == .body(ByteBuffer(string: "raw")))
      #expect(try channel.finish().hasLeftOvers)
    }
  }
#endif
