#if NIO
  import GzipContentCoding
  import HTTPContentCoding
  import HTTPOutputBuffering
  import NIOCore
  import NIOEmbedded
  import NIOHTTP1
  import NIOPosix
  import OutputBufferingNIO
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Testing

  /// The bugs N1–N14 of NIOHTTPCompression's `HTTPResponseCompressor`, which the handler replaces,
  /// and what its users rely on, checked on the bytes from a real HTTP/1 pipeline.
  @Suite struct HTTPResponseCodingHandlerTests {
    static let page = String(repeating: "<p>The quick brown fox.</p>", count: 240)

    @Test(arguments: ["gzip", "GZIP", "br, gzip", "gzip ;\tq=0.5", "gzip;q=0.001", "*"])
    func `A page that is written before a flush leaves coded with an exact length`(
      acceptEncoding: String
    ) throws {
      let pipeline = try Pipeline()
      try pipeline.request("GET / HTTP/1.1\r\nAccept-Encoding: \(acceptEncoding)\r\n\r\n")
      try pipeline.respond(page: Self.page)
      let response = try pipeline.response()
      #expect(response.fields["content-encoding"] == "gzip")
      #expect(response.fields["vary"] == "Accept-Encoding")
      #expect(response.fields["transfer-encoding"] == nil)
      #expect(response.fields["content-length"] == String(response.body.count))
      #expect(try InflateDecoder.text(response.body) == Self.page)
    }

    @Test(arguments: [
      "", "gzip;q=0", "gzip;q=0, *", "gzipfoo", "gzip;q", ";q=1", "identity, gzip;q=0.5",
    ])
    func `A client that doesn't want it gets the page as it is, and Vary`(
      acceptEncoding: String
    ) throws {
      let pipeline = try Pipeline()
      try pipeline.request("GET / HTTP/1.1\r\nAccept-Encoding: \(acceptEncoding)\r\n\r\n")
      try pipeline.respond(page: Self.page)
      let response = try pipeline.response()
      #expect(response.fields["content-encoding"] == nil)
      #expect(response.fields["vary"] == "Accept-Encoding")
      #expect(String(decoding: response.body, as: UTF8.self) == Self.page)
    }

    @Test func `N1: an interim response goes out at once and the final one is coded`() throws {
      let pipeline = try Pipeline()
      try pipeline.request("GET / HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\n")
      pipeline.write(
        .head(
          .init(
            version: .http1_1, status: .custom(code: 103, reasonPhrase: "Early Hints"),
            headers: ["link": "</a.css>", "content-encoding": "gzip"])))
      #expect(try pipeline.sent().hasPrefix("HTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\n\r\n"))
      try pipeline.respond(page: Self.page)
      #expect(try pipeline.response().fields["content-encoding"] == "gzip")
    }

    @Test func `N3: a response to HEAD has no content and the next response is in step`() throws {
      let pipeline = try Pipeline()
      try pipeline.request(
        "HEAD / HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\nGET / HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\n"
      )
      try pipeline.respond(page: Self.page)
      let head = try pipeline.sent()
      #expect(head.hasSuffix("\r\n\r\n"))
      #expect(head.lowercased().contains("content-encoding: gzip"))
      #expect(!head.contains("content-length: \(Self.page.utf8.count)"))
      try pipeline.respond(page: Self.page)
      #expect(try InflateDecoder.text(try pipeline.response().body) == Self.page)
    }

    @Test func `N4: a head that is flushed alone makes the body chunked, not too long`() throws {
      let pipeline = try Pipeline()
      try pipeline.request("GET / HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\n")
      pipeline.write(.head(.html(length: Self.page.utf8.count)))
      pipeline.channel.flush()
      let head = try pipeline.sent()
      #expect(head.contains("transfer-encoding: chunked"))
      #expect(!head.contains("content-length"))
      pipeline.write(.body(.byteBuffer(ByteBuffer(string: Self.page))))
      pipeline.write(.end(nil))
      pipeline.channel.flush()
      #expect(try InflateDecoder.text(unchunked(try pipeline.sentBytes())) == Self.page)
    }

    @Test func `N5: what is coded already passes untouched`() throws {
      let pipeline = try Pipeline()
      try pipeline.request("GET / HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\n")
      try pipeline.respond(page: Self.page, fields: ["content-encoding": "br"])
      let response = try pipeline.response()
      #expect(response.fields["content-encoding"] == "br")
      #expect(String(decoding: response.body, as: UTF8.self) == Self.page)
    }

    @Test func `N6: trailers follow the coded body`() throws {
      let pipeline = try Pipeline()
      try pipeline.request("GET / HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\n")
      try pipeline.respond(page: Self.page, trailers: ["x-sum": "42"])
      #expect(try pipeline.sent().hasSuffix("0\r\nx-sum: 42\r\n\r\n"))
    }

    @Test func `A client of HTTP 1.0 is sent no interim response (RFC 9110 §15.2) and no trailers`()
      throws
    {
      let pipeline = try Pipeline()
      try pipeline.request("GET / HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n")
      let promise = pipeline.channel.eventLoop.makePromise(of: Void.self)
      let early = HTTPResponseHead(
        version: .http1_1, status: .custom(code: 103, reasonPhrase: "Early Hints"))
      pipeline.channel.write(HTTPServerResponsePart.head(early), promise: promise)
      try promise.futureResult.wait()
      pipeline.write(.head(.html(length: nil)))
      pipeline.write(.body(.byteBuffer(ByteBuffer(string: Self.page))))
      pipeline.channel.flush()
      pipeline.write(.end(["x-sum": "42"]))
      pipeline.channel.flush()
      let sent = try pipeline.sent()
      // For this version NIO's encoder omits the chunks.
      #expect(sent.hasPrefix("HTTP/1.0 200 OK\r\n"))
      #expect(sent.hasSuffix(Self.page))
    }

    @Test func `N10: an empty and a tiny body stay as they are`() throws {
      for body in ["", "tiny"] {
        let pipeline = try Pipeline()
        try pipeline.request("GET / HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\n")
        try pipeline.respond(page: body)
        let response = try pipeline.response()
        #expect(response.fields["content-encoding"] == nil)
        #expect(response.fields["content-length"] == String(body.utf8.count))
        #expect(String(decoding: response.body, as: UTF8.self) == body)
      }
    }

    @Test func `N11: an entity tag becomes weak, Accept-Ranges goes, a part stays a part`() throws {
      let pipeline = try Pipeline()
      try pipeline.request("GET / HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\n")
      try pipeline.respond(
        page: Self.page, fields: ["etag": "\"v1\"", "accept-ranges": "bytes", "vary": "Origin"])
      let whole = try pipeline.response()
      #expect(whole.fields["etag"] == "W/\"v1--gzip\"")
      #expect(whole.fields["accept-ranges"] == nil)
      #expect(whole.fields["vary"] == "Origin, Accept-Encoding")
      try pipeline.request("GET / HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\n")
      try pipeline.respond(
        page: Self.page, status: .partialContent, fields: ["content-range": "bytes 0-9/100"])
      #expect(try pipeline.response().fields["content-encoding"] == nil)
    }

    @Test func `N12: a stream to HTTP 1.0 is ended by closing, without chunks`() throws {
      let pipeline = try Pipeline()
      try pipeline.request("GET / HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n")
      pipeline.write(.head(.html(length: nil)))
      pipeline.write(.body(.byteBuffer(ByteBuffer(string: Self.page))))
      pipeline.channel.flush()
      pipeline.write(.end(nil))
      pipeline.channel.flush()
      let sent = try pipeline.sent()
      #expect(!sent.contains("transfer-encoding"))
      #expect(sent.hasSuffix(Self.page))
    }

    @Test func `N13: every write's promise is kept once, no later than its bytes are flushed`()
      throws
    {
      let pipeline = try Pipeline()
      try pipeline.request("GET / HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\n")
      let promises = (0..<3).map { _ in pipeline.channel.eventLoop.makePromise(of: Void.self) }
      let kept = promises.map { promise in KeptFlag(promise.futureResult) }
      pipeline.channel.write(HTTPServerResponsePart.head(.html(length: nil)), promise: promises[0])
      pipeline.channel.write(
        HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(string: Self.page))),
        promise: promises[1])
      #expect(kept.map(\.isKept) == [false, false, false])
      pipeline.channel.flush()
      #expect(kept.map(\.isKept) == [true, true, false])
      pipeline.channel.write(HTTPServerResponsePart.end(nil), promise: promises[2])
      pipeline.channel.flush()
      #expect(kept.map(\.isKept) == [true, true, true])
    }

    @Test func `Writes that can't go out any more fail`() throws {
      let pipeline = try Pipeline()
      try pipeline.request("GET / HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\n")
      let promise = pipeline.channel.eventLoop.makePromise(of: Void.self)
      pipeline.channel.write(HTTPServerResponsePart.head(.html(length: nil)), promise: promise)
      _ = try? pipeline.channel.finish()
      #expect(throws: ChannelError.self) { try promise.futureResult.wait() }
      #expect(pipeline.pool.liveCount == 0)
    }

    @Test func `Flushes are gathered within the latency bound and go out at its end`() throws {
      let pipeline = try Pipeline(latencyBound: .milliseconds(5))
      try pipeline.request("GET / HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\n")
      pipeline.write(.head(.html(length: nil)))
      pipeline.channel.flush()
      pipeline.write(.body(.byteBuffer(ByteBuffer(string: Self.page))))
      pipeline.channel.flush()
      #expect(try pipeline.sentBytes().isEmpty)
      pipeline.channel.embeddedEventLoop.advanceTime(by: .milliseconds(5))
      #expect(try pipeline.sent().contains("transfer-encoding: chunked"))
      pipeline.write(.end(nil))
      pipeline.channel.flush()
      #expect(try pipeline.sent().hasSuffix("0\r\n\r\n"))
    }

    @Test func `Pipelined requests get the coding each of them accepts`() throws {
      let pipeline = try Pipeline()
      try pipeline.request(
        "GET / HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\nGET / HTTP/1.1\r\n\r\n")
      try pipeline.respond(page: Self.page)
      #expect(try pipeline.response().fields["content-encoding"] == "gzip")
      try pipeline.respond(page: Self.page)
      #expect(try pipeline.response().fields["content-encoding"] == nil)
    }

    @Test(arguments: ["gzip", "identity"], [false, true])
    func `A declared length that isn't kept breaks the connection, coded or not`(
      acceptEncoding: String, isFlushed: Bool
    ) throws {
      for byteCount in [100, 6201] {
        let pipeline = try Pipeline()
        try pipeline.request("GET / HTTP/1.1\r\nAccept-Encoding: \(acceptEncoding)\r\n\r\n")
        pipeline.write(.head(.html(length: 6200)))
        if isFlushed { pipeline.channel.flush() }
        let page = pipeline.watchedWrite(
          .body(.byteBuffer(ByteBuffer(repeating: 0x61, count: byteCount))))
        let end = pipeline.watchedWrite(.end(nil))
        pipeline.channel.flush()
        pipeline.channel.embeddedEventLoop.run()
        #expect(!pipeline.channel.isActive)
        #expect(page.error is ResponseError || end.error is ResponseError)
        #expect(!(try pipeline.sent().hasSuffix("0\r\n\r\n")))
        #expect(pipeline.pool.liveCount == 0)
      }
    }

    @Test(arguments: [HTTPResponseStatus.noContent, .resetContent, .notModified])
    func `A status without content has no Content-Encoding (RFC 9110 §8.4)`(
      status: HTTPResponseStatus
    ) throws {
      for acceptEncoding in ["gzip", "identity"] {
        let pipeline = try Pipeline()
        try pipeline.request("GET / HTTP/1.1\r\nAccept-Encoding: \(acceptEncoding)\r\n\r\n")
        var head = HTTPResponseHead.html(length: nil)
        head.status = status
        head.headers.add(name: "Content-Encoding", value: "gzip")
        pipeline.write(.head(head))
        pipeline.write(.end(nil))
        pipeline.channel.flush()
        #expect(try pipeline.response().fields["content-encoding"] == nil)
      }
    }
  }
#endif
