#if NIO
  import GzipContentCoding
  import HTTPContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  import Logging
  import NIOCore
  import NIOEmbedded
  import NIOHTTP1
  import NIOHTTPTypes
  import OutputBufferingNIO
  import Synchronization
  import Testing

  /// A request's conditions as an application above the handlers sees them, and the trailers of its
  /// responses.
  @Suite(.timeLimit(.minutes(1))) struct HTTPResponseCodingHandlerConditionTests {
    /// An application that compares tags as strings.
    private final class Route: ChannelInboundHandler {
      typealias InboundIn = HTTPServerRequestPart
      typealias OutboundOut = HTTPServerResponsePart

      private(set) var seen: [HTTPHeaders] = []

      func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let request) = unwrapInboundIn(data) else { return }
        seen.append(request.headers)
        let page = HTTPResponseCodingHandlerTests.page
        let isMatch = request.headers.first(name: "If-None-Match") == "\"v1\""
        var head = HTTPResponseHead.html(length: isMatch ? nil : page.utf8.count)
        head.headers.add(name: "ETag", value: "\"v1\"")
        if isMatch { head.status = .notModified }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if !isMatch {
          context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: page)))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
      }
    }

    private func ask(_ route: Route = Route(), _ lines: String...) throws -> WireResponse {
      let pipeline = try Pipeline()
      try pipeline.channel.pipeline.syncOperations.addHandler(route)
      let fields = lines.map { "\($0)\r\n" }.joined()
      try pipeline.request("GET / HTTP/1.1\r\n\(fields)\r\n")
      return try pipeline.response()
    }

    @Test func `A client comes back with the tag of coded content`() throws {
      let first = try ask(Route(), "Accept-Encoding: gzip")
      #expect(first.fields["content-encoding"] == "gzip")
      let tag = try #require(first.fields["etag"])
      let second = try ask(Route(), "Accept-Encoding: gzip", "If-None-Match: \(tag)")
      #expect(second.fields["etag"] == tag && second.fields["content-encoding"] == nil)
      #expect(second.fields["vary"] == "Accept-Encoding" && second.body.isEmpty)
      let identity = try ask(Route(), "If-None-Match: \"v1\"", "Accept-Encoding: gzip")
      #expect(identity.fields["etag"] == "\"v1\"" && identity.body.isEmpty)
      let other = try ask(Route(), "Accept-Encoding: gzip", "If-None-Match: W/\"v1--br\"")
      #expect(!other.body.isEmpty)
    }

    @Test func `The application sees its own tags, and no range of another representation`() throws
    {
      let route = Route()
      _ = try ask(
        route, "If-Match: W/\"v1--gzip\", \"v2\"", "If-None-Match: \"v0\"",
        "if-none-match: W/\"v2--gzip\"", "Range: bytes=0-9", "If-Range: \"v1\"",
        "Accept-Encoding: gzip")
      let seen = try #require(route.seen.first)
      #expect(seen["if-match"] == ["\"v1\", \"v2\""])
      #expect(seen["if-none-match"] == ["\"v0\"", "\"v2\""])
      #expect(!seen.contains(name: "range") && !seen.contains(name: "if-range"))

      let plain = Route()
      _ = try ask(plain, "Range: bytes=0-9", "If-Range: \"v1\"")
      #expect(plain.seen.first?.contains(name: "if-range") == true)
      let ranged = Route()
      _ = try ask(ranged, "Range: bytes=0-9", "Accept-Encoding: gzip")
      #expect(ranged.seen.first?["range"] == ["bytes=0-9"])
      let ours = Route()
      _ = try ask(ours, "Range: bytes=0-9", "If-Range: W/\"v1--gzip\"")
      #expect(ours.seen.first?.contains(name: "range") == false)
    }

    @Test func `The parts of HTTP types are seen alike`() throws {
      let channel = EmbeddedChannel()
      try channel.pipeline.syncOperations.addHandler(
        HTTPTypesResponseCodingHandler(
          version: .http2, codings: [.gzip()]))
      channel.connect(to: try SocketAddress(unixDomainSocketPath: "/"), promise: nil)
      let request = HTTPRequest(
        method: .get, scheme: "https", authority: "a", path: "/",
        headerFields: [.ifNoneMatch: "W/\"v1--gzip\"", .ifRange: "x", .range: "bytes=0-1"])
      try channel.writeInbound(HTTPRequestPart.head(request))
      guard case .head(let seen)? = try channel.readInbound(as: HTTPRequestPart.self) else {
        Issue.record("no request")
        return
      }
      #expect(seen.headerFields[.ifNoneMatch] == "\"v1\"")
      #expect(seen.headerFields[.range] == "bytes=0-1")
      let head = HTTPResponse(status: .notModified, headerFields: [.eTag: "\"v1\""])
      channel.write(HTTPResponsePart.head(head), promise: nil)
      try channel.writeOutbound(HTTPResponsePart.end(nil))
      guard case .head(let sent)? = try channel.readOutbound(as: HTTPResponsePart.self) else {
        Issue.record("no response")
        return
      }
      #expect(sent.headerFields[.eTag] == "W/\"v1--gzip\"")
      #expect(try channel.finish().isClean == false)
    }

    @Test(arguments: ["gzip", "identity"], [false, true])
    func `Trailers that can't be any are left out, and logged (RFC 9110 §6.5.1)`(
      acceptEncoding: String, isFlushed: Bool
    ) throws {
      let log = RecordedLog()
      var logger = Logger(label: "test") { _ in log }
      logger.logLevel = .debug
      let channel = EmbeddedChannel()
      let pipeline = channel.pipeline.syncOperations
      try pipeline.configureHTTPServerPipeline()
      try pipeline.addHandler(
        HTTPResponseCodingHandler(
          codings: [.gzip()], logger: logger))
      channel.connect(to: try SocketAddress(unixDomainSocketPath: "/"), promise: nil)
      try channel.writeInbound(
        ByteBuffer(
          string: "GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: \(acceptEncoding)\r\n\r\n"))
      channel.write(HTTPServerResponsePart.head(.html(length: nil)), promise: nil)
      let page = ByteBuffer(string: HTTPResponseCodingHandlerTests.page)
      channel.write(HTTPServerResponsePart.body(.byteBuffer(page)), promise: nil)
      if isFlushed { channel.flush() }
      channel.write(
        HTTPServerResponsePart.end(["x-sum": "1", "Set-Cookie": "a=1", "Content-Range": "x"]),
        promise: nil)
      channel.flush()
      var sent: [UInt8] = []
      while case .byteBuffer(let bytes)? = try channel.readOutbound(as: IOData.self) {
        sent += bytes.readableBytesView
      }
      #expect(sent.reversed().starts(with: "0\r\nx-sum: 1\r\n\r\n".utf8.reversed()))
      #expect(log.fields == ["Set-Cookie, Content-Range"])
      _ = try channel.finish()
    }
  }

  /// Records the fields that were omitted.
  private final class RecordedLog: LogHandler {
    private let recorded = Mutex<[String]>([])
    var fields: [String] { recorded.withLock { $0 } }
    var metadata: Logger.Metadata {
      get { [:] }
      set {}
    }
    var logLevel: Logger.Level {
      get { .debug }
      set {}
    }
    subscript(metadataKey _: String) -> Logger.Metadata.Value? {
      get { nil }
      set {}
    }

    func log(event: LogEvent) {
      guard event.level == .debug, let value = event.metadata?["fields"] else { return }
      recorded.withLock { $0.append("\(value)") }
    }
  }
#endif
