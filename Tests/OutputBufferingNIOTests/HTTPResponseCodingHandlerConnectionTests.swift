#if NIO
  import HTTPOutputBuffering
  import HTTPTypes
  import NIOCore
  import NIOEmbedded
  import NIOHTTP1
  import NIOHTTPTypes
  import NIOHTTPTypesHTTP1
  import NIOPosix
  import OutputBufferingNIO
  import OutputBufferingTestSupport
  import Testing

  /// The effects of a response on its connection: upgrades, closes, early ends.
  @Suite(.timeLimit(.minutes(1))) struct HTTPResponseCodingHandlerConnectionTests {
    static let page = HTTPResponseCodingHandlerTests.page

    @Test func `Bytes after an upgrade reach the new protocol (RFC 9110 §7.8)`() async throws {
      try await withChannels { channel in
        let pipeline = channel.pipeline.syncOperations
        try pipeline.configureHTTPServerPipeline(
          withServerUpgrade: (upgraders: [EchoUpgrader()], completionHandler: { _ in }))
        try pipeline.addHandler(HTTPResponseCodingHandler(codings: []))
      } _: { port in
        let received = try await exchange(
          port,
          "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\nhello, bye")
        #expect(received.text.hasPrefix("HTTP/1.1 101 Switching Protocols\r\n"))
        #expect(received.text.hasSuffix("\r\n\r\nwelcome: hello, bye"))
      }
    }

    @Test func `A tunnel begins after the head, without chunks (RFC 9110 §9.3.6)`() throws {
      let pipeline = try Pipeline {
        try $0.addHandler(HTTPResponseEncoder())
        try $0.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
      }
      try pipeline.request("CONNECT a:1 HTTP/1.1\r\n\r\n")
      pipeline.write(.head(.init(version: .http1_1, status: .ok)))
      pipeline.write(.end(nil))
      pipeline.channel.flush()
      let sent = try pipeline.sent()
      #expect(sent.hasSuffix(" 200 OK\r\n\r\n"))
      try pipeline.channel.pipeline.syncOperations.removeHandler(
        pipeline.channel.pipeline.syncOperations.handler(type: HTTPResponseEncoder.self)
      ).wait()
      pipeline.channel.writeAndFlush(IOData.byteBuffer(ByteBuffer(string: "raw")), promise: nil)
      #expect(try pipeline.sent() == "raw")
    }

    /// NIO's decoder reads no further request then.
    @Test(arguments: [
      ("GET / HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n", true),
      ("CONNECT a:1 HTTP/1.1\r\n\r\n", true),
      ("GET / HTTP/1.1\r\nUpgrade: h2c\r\n\r\n", false),
      ("GET / HTTP/1.1\r\nConnection: keep-alive\r\n\r\n", false),
    ])
    func `A response that switches no protocol closes the connection where its request offers one`(
      request: String, closes: Bool
    ) throws {
      let pipeline = try Pipeline()
      try pipeline.request(request)
      try pipeline.respond(page: Self.page, status: .notFound)
      pipeline.channel.embeddedEventLoop.run()
      #expect(try pipeline.sent().lowercased().contains("connection: close\r\n") == closes)
    }

    @Test func `A decoder below the encoder is served as well`() throws {
      let pipeline = try Pipeline {
        try $0.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
        try $0.addHandler(HTTPResponseEncoder())
      }
      try pipeline.request("HEAD / HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\n")
      try pipeline.respond(page: Self.page)
      #expect(try pipeline.sent().hasSuffix("\r\n\r\n"))
    }

    private static let long = [UInt8](repeating: 1, count: 16 * 1024 * 1024)

    private static func writeLong(
      _ context: ChannelHandlerContext, hasLength: Bool = true
    ) -> EventLoopFuture<Void> {
      var head = HTTPResponseHead(
        version: .http1_1, status: .ok, headers: ["content-type": "image/png"])
      if hasLength { head.headers.add(name: "content-length", value: "\(long.count)") }
      context.write(part: .head(head))
      // Its length is unknown unless declared.
      context.flush()
      context.write(bytes: long)
      defer { context.flush() }
      return context.write(part: .end(nil))
    }

    @Test func `What was written goes out before the application's close`() async throws {
      try await withServer { context in
        _ = Self.writeLong(context)
        context.close(promise: nil)
      } _: { port in
        let response = try await exchange(port, get()).response
        #expect(response.body == Self.long)
      }
    }

    /// For HTTP/1.0, where closing ends a message without a length, the connection is reset.
    @Test(arguments: ["1.1", "1.0"])
    func `A client that takes nothing doesn't hold a close up for ever`(version: String)
      async throws
    {
      let ended = AsyncStream.makeStream(of: Bool.self)
      try await withServer(stallTime: .seconds(1)) { context in
        Self.writeLong(context, hasLength: version == "1.1").whenComplete { result in
          ended.continuation.yield((try? result.get()) != nil)
        }
        context.close(promise: nil)
      } _: { port in
        let client = try AsyncClient(port: port)
        let start = ContinuousClock.now
        try await client.send(get(version: version))
        let isWritten = await ended.stream.first { _ in true }
        #expect(isWritten == false)
        #expect(ContinuousClock.now - start > .milliseconds(900))
        #expect(try await client.receiveToEnd().isReset == (version == "1.0"))
      }
    }

    @Test(arguments: [CloseMode.output, .all])
    func `A close that has waited long enough is one of both sides`(mode: CloseMode) throws {
      let pipeline = try Pipeline(below: [Stopper()])
      try pipeline.request("GET / HTTP/1.1\r\n\r\n")
      try pipeline.respond(page: "tiny")
      pipeline.channel.close(mode: mode, promise: nil)
      pipeline.channel.embeddedEventLoop.advanceTime(by: .seconds(29))
      #expect(pipeline.channel.isActive)
      pipeline.channel.embeddedEventLoop.advanceTime(by: .seconds(2))
      #expect(!pipeline.channel.isActive)
    }

    @Test(arguments: [false, true])
    func `A promise may be of another event loop`(closes: Bool) throws {
      let other = EmbeddedEventLoop()
      let pipeline = try Pipeline()
      try pipeline.request("GET / HTTP/1.1\r\n\r\n")
      let promises = (0..<3).map { _ in other.makePromise(of: Void.self) }
      let answers = promises.map { KeptFlag($0.futureResult) }
      let parts: [HTTPServerResponsePart] = [
        .head(.html(length: nil, closes: closes)),
        .body(.byteBuffer(ByteBuffer(string: Self.page))),
        .end(nil),
      ]
      for (part, promise) in zip(parts, promises) {
        pipeline.channel.write(part, promise: promise)
      }
      pipeline.channel.flush()
      pipeline.channel.close(promise: nil)
      other.run()
      #expect(answers.allSatisfy { $0.isKept })
    }

    @Test(arguments: [false, true])
    func `An application that gave up the client doesn't wait for it`(isWaiting: Bool) throws {
      let pipeline = try Pipeline(below: [Stopper()])
      try pipeline.request("GET / HTTP/1.1\r\n\r\n")
      try pipeline.respond(page: "tiny")
      if isWaiting { pipeline.channel.close(promise: nil) }
      pipeline.channel.close(mode: .input, promise: nil)
      #expect(pipeline.channel.isActive == !isWaiting)
      pipeline.channel.close(mode: .output, promise: nil)
      #expect(!pipeline.channel.isActive)
    }

    @Test func `A message that closing would end is reset by it (RFC 9112 §6.3)`() async throws {
      try await withServer { context in
        context.write(
          part: .head(
            .init(version: .http1_1, status: .ok, headers: ["content-type": "image/png"])))
        context.write(text: Self.page)
        context.flush()
        context.close(promise: nil)
      } _: { port in
        #expect(try await exchange(port, get(version: "1.0")).isReset)
        let chunked = try await exchange(port, get())
        #expect(!chunked.isReset && !chunked.text.hasSuffix("0\r\n\r\n"))
      }
    }

    @Test func `Connection close is done, not only said, where nothing is coded`() async throws {
      try await withServer { context in
        let head = HTTPResponseHead(
          version: .http1_1, status: .ok,
          headers: ["content-type": "image/png", "content-length": "4"])
        context.write(part: .head(head))
        context.write(text: "tiny")
        context.write(part: .end(nil))
        context.flush()
      } _: { port in
        let response = try await exchange(port, get(version: "1.0")).response
        #expect(response.fields["connection"] == "close")
        #expect(response.body == Array("tiny".utf8))
      }
    }

    @Test func `A message is broken off below TLS, which would say that it is whole`() throws {
      let security = CloseNotifier()
      let pipeline = try Pipeline(below: [security])
      try pipeline.request("GET / HTTP/1.1\r\n\r\n")
      pipeline.write(.head(.html(length: 10)))
      let short = pipeline.watchedWrite(.end(nil))
      #expect(!pipeline.channel.isActive)
      #expect((short.error as? ResponseError)?.code == .declaredLengthNotReached)
      #expect(!security.isNotified)
    }

    @Test func `Content beyond the declared length isn't sent`() throws {
      let pipeline = try Pipeline()
      try pipeline.request("GET / HTTP/1.1\r\n\r\n")
      pipeline.write(.head(.html(length: 4)))
      let long = pipeline.watchedWrite(.body(.byteBuffer(ByteBuffer(string: "12345"))))
      #expect((long.error as? ResponseError)?.code == .declaredLengthExceeded)
      #expect(!pipeline.channel.isActive)
      #expect(try pipeline.sent().hasSuffix("\r\n\r\n"))
    }

    @Test func `A head that passes keeps what HTTP types can't hold`() throws {
      let pipeline = try Pipeline {
        try $0.configureHTTPServerPipeline(withOutboundHeaderValidation: false)
      }
      try pipeline.request("GET / HTTP/1.1\r\n\r\n")
      try pipeline.respond(page: "tiny", fields: ["x y": "1", "host": "a"])
      let response = try pipeline.response()
      #expect(response.fields["x y"] == "1")
      #expect(response.fields["host"] == "a")
      #expect(response.fields["vary"] == "Accept-Encoding")
    }

    @Test func `A 205 has no content and a length that says so (RFC 9110 §15.3.6)`() throws {
      let channel = EmbeddedChannel()
      defer { _ = try? channel.finish() }
      let pipeline = channel.pipeline.syncOperations
      try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false)
      try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
      _ = try HTTPServerConnection.watchHTTP1(channel)
      channel.connect(to: try SocketAddress(unixDomainSocketPath: "/"), promise: nil)
      try channel.writeInbound(ByteBuffer(string: "GET / HTTP/1.1\r\nHost: a\r\n\r\n"))
      channel.write(HTTPResponsePart.head(HTTPResponse(status: .resetContent)), promise: nil)
      channel.writeAndFlush(HTTPResponsePart.end(nil), promise: nil)
      let sent = try channel.sentText()
      #expect(sent.lowercased().contains("content-length: 0\r\n"))
      #expect(!sent.contains("chunked"))
    }

    /// A response without a known request may be one to HEAD.
    @Test func `A head without a known request may declare a length without content`() throws {
      let pipeline = try Pipeline()
      try pipeline.channel.pipeline.syncOperations.removeHandler(pipeline.handler).wait()
      try pipeline.request("HEAD / HTTP/1.1\r\n\r\n")
      pipeline.write(.head(.html(length: 6200)))
      pipeline.write(.end(nil))
      pipeline.channel.flush()
      #expect(try pipeline.sent().hasSuffix("\r\n\r\n"))
      #expect(pipeline.channel.isActive)
    }

    @Test func `A watched tunnel over HTTP 2 carries what it is given (RFC 9113 §8.5)`() throws {
      let channel = EmbeddedChannel()
      try channel.pipeline.syncOperations.addHandler(HTTPWatchHandler())
      channel.connect(to: try SocketAddress(unixDomainSocketPath: "/"), promise: nil)
      let request = HTTPRequest(method: .connect, scheme: nil, authority: "a:1", path: nil)
      try channel.writeInbound(HTTPRequestPart.head(request))
      let head = HTTPResponse(status: .ok)
      try channel.writeOutbound(HTTPResponsePart.head(head))
      try channel.writeOutbound(HTTPResponsePart.body(ByteBuffer(string: "raw")))
      #expect(try channel.readOutbound(as: HTTPResponsePart.self) == .head(head))
      #expect(
        try channel.readOutbound(as: HTTPResponsePart.self) == .body(ByteBuffer(string: "raw")))
      #expect(throws: ChannelError.inputClosed) { try channel.finish() }
    }

    @Test func `A mode that no middleware has taken isn't sent over HTTP 2`() throws {
      let channel = EmbeddedChannel()
      try channel.pipeline.syncOperations.addHandler(HTTPWatchHandler())
      channel.connect(to: try SocketAddress(unixDomainSocketPath: "/"), promise: nil)
      let request = HTTPRequest(method: .get, scheme: "https", authority: "a", path: "/")
      try channel.writeInbound(HTTPRequestPart.head(request))
      try channel.writeInbound(HTTPRequestPart.end(nil))
      let mode = HTTPField.Name("X-Output-Buffering-Compression-Mode")!
      let head = HTTPResponse(status: .ok, headerFields: [.contentLength: "0", mode: "2"])
      try channel.writeOutbound(HTTPResponsePart.head(head))
      guard case .head(let sent) = try channel.readOutbound(as: HTTPResponsePart.self) else {
        Issue.record("no head is sent")
        return
      }
      #expect(sent.headerFields == [.contentLength: "0"])
      try channel.writeOutbound(HTTPResponsePart.end(nil))
      _ = try? channel.finish()
    }

    @Test func `A stream's response keeps its length`() throws {
      for (texts, isKept) in [(["12345"], true), (["123", "456"], false), (["1234"], false)] {
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandler(HTTPWatchHandler())
        channel.connect(to: try SocketAddress(unixDomainSocketPath: "/"), promise: nil)
        let request = HTTPRequest(method: .get, scheme: "https", authority: "a", path: "/")
        try channel.writeInbound(HTTPRequestPart.head(request))
        try channel.writeInbound(HTTPRequestPart.end(nil))
        channel.write(
          HTTPResponsePart.head(
            HTTPResponse(status: .ok, headerFields: [.contentLength: "5"])), promise: nil)
        for text in texts {
          channel.write(HTTPResponsePart.body(ByteBuffer(string: text)), promise: nil)
        }
        let ended = KeptFlag(channel.writeAndFlush(HTTPResponsePart.end(nil)))
        channel.embeddedEventLoop.run()
        #expect(ended.isKept == isKept && (ended.error != nil) == !isKept)
        #expect(channel.isActive == isKept)
        _ = try? channel.finish()
      }
    }
  }

  /// Greets as soon as it is added, and echoes its input up to "bye".
  private final class EchoUpgrader: HTTPServerProtocolUpgrader {
    let supportedProtocol = "echo"
    let requiredUpgradeHeaders: [String] = []

    func buildUpgradeResponse(
      channel: any Channel, upgradeRequest: HTTPRequestHead, initialResponseHeaders: HTTPHeaders
    ) -> EventLoopFuture<HTTPHeaders> {
      channel.eventLoop.makeSucceededFuture(initialResponseHeaders)
    }

    func upgrade(
      context: ChannelHandlerContext, upgradeRequest: HTTPRequestHead
    ) -> EventLoopFuture<Void> {
      let channel = context.channel
      return channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.addHandler(Echo())
        // It passes the coding handler before that is told of the upgrade.
        channel.write(ByteBuffer(string: "welcome: "), promise: nil)
      }
    }
  }

  private final class Echo: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private var heard = ""

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      heard += String(buffer: unwrapInboundIn(data))
      guard heard.hasSuffix("bye") else { return }
      context.writeAndFlush(NIOAny(ByteBuffer(string: heard))).assumeIsolated().whenComplete { _ in
        context.close(promise: nil)
      }
    }
  }

  /// Mimics TLS: an orderly close is announced before it happens.
  private final class CloseNotifier: ChannelOutboundHandler {
    typealias OutboundIn = Any

    private(set) var isNotified = false

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
      isNotified = true
      context.close(mode: mode, promise: promise)
    }
  }

  extension EmbeddedChannel {
    /// The bytes sent as HTTP/1.
    func sentText() throws -> String {
      var text = ""
      while let part = try readOutbound(as: IOData.self) {
        guard case .byteBuffer(let buffer) = part else { continue }
        text += String(buffer: buffer)
      }
      return text
    }
  }

  /// A socket that accepts nothing.
  private final class Stopper: ChannelOutboundHandler {
    typealias OutboundIn = IOData

    private var promises: [EventLoopPromise<Void>] = []

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
      if let promise { promises.append(promise) }
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
      // An embedded channel treats every close as a close of both sides.
      guard mode != .input else { return promise?.succeed() ?? () }
      context.close(mode: mode, promise: promise)
      for promise in promises { promise.fail(ChannelError.ioOnClosedChannel) }
      promises = []
    }
  }
#endif
