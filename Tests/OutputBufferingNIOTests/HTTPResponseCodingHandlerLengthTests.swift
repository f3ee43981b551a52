#if NIO
  import HTTPOutputBuffering
  import NIOCore
  import NIOEmbedded
  import NIOHTTP1
  import NIOPosix
  import OutputBufferingNIO
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Testing

  /// Undeclared lengths of uncoded bodies.
  @Suite(.timeLimit(.minutes(1))) struct HTTPResponseCodingHandlerLengthTests {
    static let page = HTTPResponseCodingHandlerTests.page

    private func pipeline(
      version: String = "1.1", maximumBufferedBytes: Int? = nil, latencyBound: Duration? = nil
    ) throws -> Pipeline {
      let pipeline = try Pipeline(
        maximumBufferedBytes: maximumBufferedBytes,
        maximumWholeBytes: maximumBufferedBytes, latencyBound: latencyBound)
      try pipeline.request("GET / HTTP/\(version)\r\n\r\n")
      return pipeline
    }

    @Test(arguments: ["1.0", "1.1"])
    func `Head, body and end before a flush leave with an exact length`(version: String) throws {
      let pipeline = try pipeline(version: version)
      pipeline.write(.head(.html(length: nil)))
      pipeline.write(text: "first ")
      pipeline.write(text: "second")
      #expect(try pipeline.sentBytes().isEmpty)
      pipeline.write(.end(nil))
      pipeline.channel.flush()
      let response = try pipeline.response()
      #expect(response.fields["content-length"] == "12")
      #expect(response.fields["transfer-encoding"] == nil)
      #expect(String(decoding: response.body, as: UTF8.self) == "first second")
    }

    enum PlainLength: String, CaseIterable {
      case whole, declared, unknown
    }

    @Test(arguments: PlainLength.allCases)
    func `A coded body has the field with its plain length where that is known`(
      length: PlainLength
    ) throws {
      let pipeline = try Pipeline(plainLengthField: .uncompressedContentLength)
      try pipeline.request("GET / HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\n")
      let half = Self.page.utf8.count / 2
      pipeline.write(.head(.html(length: length == .declared ? 2 * half : nil)))
      pipeline.write(text: String(Self.page.prefix(half)))
      if length != .whole { pipeline.channel.flush() }
      pipeline.write(text: String(Self.page.prefix(half)))
      pipeline.write(.end(nil))
      pipeline.channel.flush()
      let response = try pipeline.response()
      #expect(response.fields["content-encoding"] == "gzip")
      #expect(
        response.fields["x-uncompressed-content-length"]
          == (length == .unknown ? nil : "\(2 * half)"))
    }

    static let long = String(repeating: "It was the best of times. ", count: 4000)

    /// Writes a head, many buffers and an end, with more bytes than the handler holds for a stream.
    @Test(arguments: ["", "gzip"], [100_000, 4096, 50])
    func `Before a flush the whole body is in memory, and its length exact`(
      acceptEncoding: String, byteCount: Int
    ) throws {
      let pipeline = try Pipeline()
      try pipeline.request("GET / HTTP/1.1\r\nAccept-Encoding: \(acceptEncoding)\r\n\r\n")
      pipeline.write(.head(.html(length: nil)))
      let bytes = ByteBuffer(string: Self.long)
      var rest = bytes
      var flags: [KeptFlag] = []
      while let slice = rest.readSlice(length: min(byteCount, rest.readableBytes)),
        slice.readableBytes > 0
      {
        flags.append(pipeline.watchedWrite(.body(.byteBuffer(slice))))
      }
      pipeline.write(.end(nil))
      pipeline.channel.flush()
      let response = try pipeline.response()
      #expect(response.fields["content-length"] == String(response.body.count))
      #expect(response.fields["transfer-encoding"] == nil)
      #expect(response.fields["content-encoding"] == (acceptEncoding.isEmpty ? nil : "gzip"))
      let content =
        acceptEncoding.isEmpty ? response.body : try InflateDecoder.gunzip(response.body)
      #expect(content == Array(bytes.readableBytesView))
      #expect(flags.allSatisfy { $0.isKept })
    }

    @Test(arguments: ["", "gzip"])
    func `A body of more than its limit is streamed`(acceptEncoding: String) throws {
      let pipeline = try Pipeline(maximumWholeBytes: 90_000)
      try pipeline.request("GET / HTTP/1.1\r\nAccept-Encoding: \(acceptEncoding)\r\n\r\n")
      pipeline.write(.head(.html(length: nil)))
      pipeline.write(text: Self.long)
      pipeline.write(.end(nil))
      pipeline.channel.flush()
      #expect(try pipeline.response().fields["transfer-encoding"] == "chunked")
    }

    @Test func `Within the latency bound a flush leaves the length exact`() throws {
      let pipeline = try Pipeline(latencyBound: .milliseconds(10))
      try pipeline.request("GET / HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\n")
      pipeline.write(.head(.html(length: nil)))
      pipeline.channel.flush()
      pipeline.write(text: Self.long)
      pipeline.channel.flush()
      pipeline.write(.end(nil))
      pipeline.channel.flush()
      let response = try pipeline.response()
      #expect(response.fields["content-length"] == String(response.body.count))
    }

    @Test func `A close within the latency bound follows all that was held`() throws {
      let pipeline = try Pipeline(latencyBound: .milliseconds(10))
      try pipeline.request("GET / HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\n")
      pipeline.write(.head(.html(length: nil)))
      pipeline.write(text: Self.long)
      pipeline.channel.flush()
      pipeline.channel.close(promise: nil)
      let body = try pipeline.response().body
      #expect(!pipeline.channel.isActive)
      #expect(try InflateDecoder(.gzip).text(body) == Self.long)
    }

    @Test func `An empty body has a length as well`() throws {
      let pipeline = try pipeline()
      pipeline.write(.head(.html(length: nil)))
      pipeline.write(.end(nil))
      pipeline.channel.flush()
      #expect(try pipeline.response().fields["content-length"] == "0")
    }

    @Test func `A flush sends what is there, and no length`() throws {
      let pipeline = try pipeline()
      pipeline.write(.head(.html(length: nil)))
      pipeline.write(text: "first ")
      pipeline.channel.flush()
      let response = try pipeline.response()
      #expect(response.fields["transfer-encoding"] == "chunked")
      #expect(String(decoding: response.body, as: UTF8.self) == "first ")
      pipeline.write(text: "second")
      pipeline.write(.end(nil))
      pipeline.channel.flush()
      #expect(try pipeline.sent() == "6\r\nsecond\r\n0\r\n\r\n")
    }

    @Test func `No more is held than the settings allow`() throws {
      let pipeline = try pipeline(maximumBufferedBytes: 10)
      pipeline.write(.head(.html(length: nil)))
      pipeline.write(text: "0123456789")
      #expect(try pipeline.sentBytes().isEmpty)
      pipeline.write(text: "x")
      pipeline.write(.end(nil))
      pipeline.channel.flush()
      let response = try pipeline.response()
      #expect(response.fields["transfer-encoding"] == "chunked")
      #expect(String(decoding: response.body, as: UTF8.self) == "0123456789x")
    }

    @Test func `Trailers take chunks (RFC 9112 §7.1.2)`() throws {
      let pipeline = try pipeline()
      pipeline.write(.head(.html(length: nil)))
      pipeline.write(text: "body")
      pipeline.write(.end(["x-sum": "42"]))
      pipeline.channel.flush()
      let sent = try pipeline.sent()
      #expect(sent.contains("transfer-encoding: chunked\r\n"))
      #expect(sent.hasSuffix("4\r\nbody\r\n0\r\nx-sum: 42\r\n\r\n"))
    }

    @Test func `Promises are kept in their order, and not before the bytes are written`() throws {
      let pipeline = try pipeline()
      let head = pipeline.watchedWrite(.head(.html(length: nil)))
      let body = pipeline.watchedWrite(.body(.byteBuffer(ByteBuffer(string: "body"))))
      let empty = pipeline.watchedWrite(.body(.byteBuffer(ByteBuffer())))
      #expect(!head.isKept && !body.isKept && !empty.isKept)
      let end = pipeline.watchedWrite(.end(nil))
      pipeline.channel.flush()
      #expect(head.isKept && body.isKept && empty.isKept && end.isKept)
    }

    @Test func `What is held when the client leaves has failed`() throws {
      let pipeline = try pipeline()
      let head = pipeline.watchedWrite(.head(.html(length: nil)))
      let body = pipeline.watchedWrite(.body(.byteBuffer(ByteBuffer(string: "body"))))
      pipeline.channel.pipeline.fireChannelInactive()
      #expect(head.error is ChannelError)
      #expect(body.error is ChannelError)
      let late = pipeline.watchedWrite(.end(nil))
      #expect(late.error is ChannelError)
    }

    @Test func `A flush after each part waits for the latency bound`() throws {
      let pipeline = try pipeline(latencyBound: .milliseconds(10))
      pipeline.write(.head(.html(length: nil)))
      pipeline.channel.flush()
      pipeline.write(text: "body")
      pipeline.channel.flush()
      #expect(try pipeline.sentBytes().isEmpty)
      pipeline.write(.end(nil))
      pipeline.channel.flush()
      #expect(try pipeline.response().fields["content-length"] == "4")

      try pipeline.request("GET / HTTP/1.1\r\n\r\n")
      pipeline.write(.head(.html(length: nil)))
      pipeline.channel.flush()
      pipeline.channel.embeddedEventLoop.advanceTime(by: .milliseconds(10))
      #expect(try pipeline.response().fields["transfer-encoding"] == "chunked")
    }

    @Test func `What was flushed leaves with the end at the latest`() throws {
      let pipeline = try pipeline(latencyBound: .seconds(10))
      pipeline.write(.head(.html(length: nil)))
      pipeline.write(text: "body")
      pipeline.channel.flush()
      #expect(try pipeline.sentBytes().isEmpty)
      pipeline.write(.end(nil))
      let response = try pipeline.response()
      #expect(response.fields["content-length"] == "4")
      #expect(String(decoding: response.body, as: UTF8.self) == "body")
    }

    @Test(arguments: ["gzip", "identity"])
    func `Another response takes the place of one of which nothing was sent`(
      acceptEncoding: String
    ) throws {
      let pipeline = try Pipeline()
      try pipeline.request("GET / HTTP/1.1\r\nAccept-Encoding: \(acceptEncoding)\r\n\r\n")
      let first = pipeline.watchedWrite(.head(.html(length: nil)))
      let part = pipeline.watchedWrite(.body(.byteBuffer(ByteBuffer(string: "part"))))
      var head = HTTPResponseHead.html(length: nil)
      head.status = .internalServerError
      let second = pipeline.watchedWrite(.head(head))
      pipeline.write(text: "sorry")
      pipeline.write(.end(nil))
      pipeline.channel.flush()
      #expect(first.error is ResponseError && part.error is ResponseError && second.isKept)
      let response = try pipeline.response()
      #expect(String(decoding: response.body, as: UTF8.self) == "sorry")
      #expect(response.fields["content-length"] == "5")
    }

    @Test(arguments: ["gzip", "identity"])
    func `Another response after one that has begun breaks it off`(
      acceptEncoding: String
    ) throws {
      let pipeline = try Pipeline()
      try pipeline.request("GET / HTTP/1.1\r\nAccept-Encoding: \(acceptEncoding)\r\n\r\n")
      pipeline.write(.head(.html(length: nil)))
      pipeline.write(text: "part")
      pipeline.channel.flush()
      let second = pipeline.watchedWrite(.head(.html(length: nil)))
      pipeline.channel.embeddedEventLoop.run()
      #expect(second.error is ResponseError)
      #expect(!pipeline.channel.isActive)
      #expect(try pipeline.sent().ranges(of: "HTTP/1.1 200 OK").count == 1)
    }

    @Test func `A file region is held as a region`() async throws {
      let text = HTTPResponseCodingHandlerFileTests.text
      let file = try TestFile(Array(text.utf8))
      defer { file.remove() }
      try await withServer { context in
        let handle = try file.open()
        context.write(part: .head(.html(length: nil, closes: true)))
        context.write(text: "before")
        context.write(part: .body(.fileRegion(try FileRegion(fileHandle: handle))))
        context.write(part: .end(nil)).assumeIsolated().whenComplete { _ in
          try? handle.close()
        }
        context.flush()
      } _: { port in
        let response = try await exchange(port, get(acceptEncoding: "")).response
        #expect(response.fields["content-length"] == String(text.utf8.count + 6))
        #expect(response.body == Array("before\(text)".utf8))
      }
    }

    /// `Int.max`, which means no limit, is valid as well.
    @Test(arguments: [0, Int.max])
    func `Any limit of held bytes can be set`(maximumBufferedBytes: Int) throws {
      for acceptEncoding in ["gzip", "identity"] {
        let pipeline = try Pipeline(
          maximumBufferedBytes: maximumBufferedBytes, maximumWholeBytes: maximumBufferedBytes)
        try pipeline.request("GET / HTTP/1.1\r\nAccept-Encoding: \(acceptEncoding)\r\n\r\n")
        pipeline.write(.head(.html(length: nil)))
        pipeline.write(text: Self.page)
        pipeline.write(.end(nil))
        pipeline.channel.flush()
        let body = try pipeline.response().body
        let text =
          try acceptEncoding == "gzip"
          ? InflateDecoder.text(body) : String(decoding: body, as: UTF8.self)
        #expect(text == Self.page)
      }
    }

    @Test func `After a response that closes the connection no request is processed`() throws {
      let pipeline = try Pipeline(configure: {
        try $0.configureHTTPServerPipeline(withPipeliningAssistance: true)
      })
      let paths = RequestedPaths()
      try pipeline.channel.pipeline.syncOperations.addHandler(paths)
      try pipeline.request("GET /a HTTP/1.1\r\nConnection: close\r\n\r\nPOST /b HTTP/1.1\r\n\r\n")
      try pipeline.respond(page: "a")
      #expect(paths.paths == ["/a"])
      #expect(try pipeline.sent().contains("Connection: close"))
    }
  }

  private final class RequestedPaths: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart

    private(set) var paths: [String] = []

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      if case .head(let head) = unwrapInboundIn(data) { paths.append(head.uri) }
    }
  }
#endif
