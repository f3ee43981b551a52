#if NIO
  import GzipContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  import NIOCore
  import NIOEmbedded
  import NIOHTTP1
  import NIOHTTPTypes
  import NIOHTTPTypesHTTP1
  import NIOPosix
  @testable import OutputBufferingNIO
  import OutputBufferingTestSupport
  import Testing

  /// A close after a response lets a client that is still sending receive it (RFC 9112 §9.6).
  @Suite(.timeLimit(.minutes(1))) struct LingeringCloseTests {
    /// What requests the close, and when.
    enum Way: CaseIterable {
      case contextInPromise, channelInPromise, channelLater, behindConnectionClose, withoutPromise
    }

    static let answer = [UInt8](repeating: 120, count: 7000)

    /// Sends the head of a request of 20 MB and 4 MB of its content before reading anything.
    private func refused(
      port: Int, byteCount: Int = 4 << 20, in pieceCount: Int = 1, pause: Duration = .zero
    ) async throws -> Received {
      let client = try AsyncClient(port: port, receiveBufferByteCount: 2304)
      try await client.send(
        "POST / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\nContent-Length: 20000000\r\n\r\n")
      for _ in 0..<pieceCount {
        try await Task.sleep(for: pause)
        try await client.send(String(repeating: "x", count: byteCount / pieceCount))
      }
      return try await client.receiveToEnd()
    }

    private func expectWhole(_ ending: Received, _ location: SourceLocation = #_sourceLocation)
      throws
    {
      #expect(!ending.isReset, sourceLocation: location)
      #expect(try ending.response.body == Self.answer, sourceLocation: location)
    }

    private func withRefusingServer(
      _ way: Way, _ operation: (Int) async throws -> Void
    ) async throws {
      try await withChannels { channel in
        let pipeline = channel.pipeline.syncOperations
        try pipeline.configureHTTPServerPipeline()
        try pipeline.addHandler(
          HTTPResponseCodingHandler(codings: [.gzip()]))
        try pipeline.addHandler(RefusingApplication(way: way))
      } _: { port in
        try await operation(port)
      }
    }

    @Test(arguments: Way.allCases)
    func `whatever asks for it, on the drop-in handler`(way: Way) async throws {
      try await withRefusingServer(way) { port in
        try expectWhole(try await refused(port: port))
      }
    }

    @Test func `to a client that sends a little at a time`() async throws {
      try await withRefusingServer(.contextInPromise) { port in
        let ending = try await refused(
          port: port, byteCount: 300_000, in: 30, pause: .milliseconds(100))
        try expectWhole(ending)
      }
    }

    @Test func `on a server of asynchronous channels, which has stopped reading`() async throws {
      struct Refused: Error {}
      try await withAsyncServer { request, connection, outbound in
        let head = HTTPResponse(
          status: .contentTooLarge,
          headerFields: [.contentType: "image/png", .contentLength: "\(Self.answer.count)"])
        _ = await connection.requestStarted()
        try await outbound.write(
          contentsOf: [.head(head), .body(ByteBuffer(bytes: Self.answer)), .end(nil)])
        throw Refused()
      } _: { port in
        try expectWhole(try await refused(port: port))
      }
    }

    @Test func `a client that says nothing more is left in time`() async throws {
      let channels = Channels()
      try await withChannels { channel in
        channels.add(channel)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.configureHTTPServerPipeline()
        try pipeline.addHandler(HTTPResponseCodingHandler(codings: []))
        try pipeline.addHandler(RefusingApplication(way: .contextInPromise))
      } _: { port in
        let client = try AsyncClient(port: port, receiveBufferByteCount: 2304)
        let start = ContinuousClock.now
        try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000000\r\n\r\n")
        try await channels.first().closeFuture.get()
        let time = ContinuousClock.now - start
        #expect(time > .milliseconds(1900) && time < .seconds(4), "\(time)")
        _ = try await client.receiveToEnd()
      }
    }

    @Test func `an idle connection closes at once`() async throws {
      let channels = Channels()
      try await withChannels { channel in
        channels.add(channel)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.configureHTTPServerPipeline()
        try pipeline.addHandler(HTTPResponseCodingHandler(codings: []))
        try pipeline.addHandler(RefusingApplication(way: nil))
      } _: { port in
        let client = try AsyncClient(port: port, receiveBufferByteCount: 2304)
        try await client.send(get())
        let channel = try await channels.first()
        try await channels.answered()
        let start = ContinuousClock.now
        try await channel.close()
        #expect(ContinuousClock.now - start < .seconds(1))
        try expectWhole(try await client.receiveToEnd())
      }
    }

    /// NIO's decoder passes nothing on until a head is complete.
    @Test(arguments: zip(["", "GET / HT", "GET / HTTP/1.1\r\n\r\n"], [false, true, false]))
    func `a client whose next head has begun is sending`(next: String, isSending: Bool) throws {
      let transport = RecordingTransport()
      let pipeline = try Pipeline(below: [transport])
      for text in ["GET / HTTP/1.1\r\n\r\n", next] where !text.isEmpty {
        try pipeline.request(text)
        if text.hasSuffix("\r\n\r\n") { try pipeline.respond(page: "page") }
      }
      pipeline.channel.close(promise: nil)
      pipeline.channel.embeddedEventLoop.run()
      #expect(transport.closes == [isSending ? .output : .all])
    }

    @Test(arguments: [false, true])
    func `one that isn't sending isn't, however many handlers see its requests`(
      isWatched: Bool
    ) throws {
      let transport = RecordingTransport()
      let channel = EmbeddedChannel(handler: transport)
      let pipeline = channel.pipeline.syncOperations
      try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false)
      try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
      if isWatched { _ = try HTTPServerConnection.watchHTTP1(channel) }
      for _ in 0..<(isWatched ? 1 : 2) {
        try pipeline.addHandler(HTTPTypesResponseCodingHandler(version: .http1_1, codings: []))
      }
      try channel.connect(to: SocketAddress(unixDomainSocketPath: "/")).wait()
      try channel.writeInbound(ByteBuffer(string: get()))
      let head = HTTPResponse(status: .ok, headerFields: [.contentLength: "0"])
      channel.write(HTTPResponsePart.head(head), promise: nil)
      channel.writeAndFlush(HTTPResponsePart.end(nil), promise: nil)
      channel.close(promise: nil)
      channel.embeddedEventLoop.run()
      #expect(transport.closes == [.all])
      _ = try? channel.finish()
    }

    @Test(arguments: [false, true])
    func `at a shutdown a client has as long as its response`(sendsOn: Bool) async throws {
      let service = AfterResponseService(
        settings: .init(
          responseDeadline: .milliseconds(200), cancellationDeadline: .milliseconds(100)))
      let shutdown = ServerShutdown()
      shutdown.reaches(service)
      let channels = Channels()
      try await withChannels { channel in
        channels.add(channel)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false)
        try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
        _ = try HTTPServerConnection.watchHTTP1(channel, serverShutdown: shutdown)
        try pipeline.addHandler(ClosingApplication(byteCount: sendsOn ? 7000 : 32 << 20))
      } _: { port in
        let client = try AsyncClient(port: port, receiveBufferByteCount: 2304)
        try await client.send(get())
        let channel = try await channels.first()
        try await channels.answered()
        let start = ContinuousClock.now
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        // The client reads nothing of a long answer, or has a short one and never stops sending.
        let sending = Task {
          while sendsOn {
            try await client.send("x")
            try await Task.sleep(for: .milliseconds(100))
          }
        }
        try await channel.closeFuture.get()
        sending.cancel()
        let time = ContinuousClock.now - start
        #expect(time > .milliseconds(250) && time < .seconds(5), "\(time)")
        _ = try? await client.receiveToEnd()
      }
    }

    @Test func `so has one of HTTP 2, even if it takes none of what is written`() throws {
      let service = AfterResponseService(
        settings: .init(responseDeadline: .zero, cancellationDeadline: .zero))
      let handler = HTTP2ConnectionHandler()
      handler.serverShutdown = ServerShutdown()
      handler.serverShutdown?.reaches(service)
      let channel = EmbeddedChannel(handlers: [StalledTransport(), handler])
      try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 80)).wait()
      channel.embeddedEventLoop.advanceTime(to: .now())
      channel.close(promise: nil)
      channel.embeddedEventLoop.run()
      // It waits for the client.
      #expect(channel.isActive)
      channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
      channel.embeddedEventLoop.advanceTime(to: .now())
      #expect(!channel.isActive)
    }

    /// If the end of the connection ends the message, an orderly close would make it look complete.
    @Test func `a message that isn't whole is broken off at once`() async throws {
      try await withChannels { channel in
        let pipeline = channel.pipeline.syncOperations
        try pipeline.configureHTTPServerPipeline()
        try pipeline.addHandler(HTTPResponseCodingHandler(codings: []))
        try pipeline.addHandler(RefusingApplication(way: .contextInPromise, isWhole: false))
      } _: { port in
        let client = try AsyncClient(port: port, receiveBufferByteCount: 2304)
        let start = ContinuousClock.now
        try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000000\r\n\r\n")
        let ending = try await client.receiveToEnd()
        #expect(ContinuousClock.now - start < .seconds(1))
        #expect(!ending.text.hasSuffix("0\r\n\r\n"))
      }
    }
  }

  /// Records which sides are closed.
  private final class RecordingTransport: ChannelOutboundHandler {
    typealias OutboundIn = IOData

    private(set) var closes: [CloseMode] = []

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
      closes.append(mode)
      context.close(mode: mode, promise: promise)
    }
  }

  /// Answers a request as soon as its head has arrived, and closes.
  private final class RefusingApplication: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart

    private let way: LingeringCloseTests.Way?
    private let isWhole: Bool

    init(way: LingeringCloseTests.Way?, isWhole: Bool = true) {
      self.way = way
      self.isWhole = isWhole
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      guard case .head = unwrapInboundIn(data) else { return }
      var fields: HTTPHeaders = ["content-type": "image/png"]
      if isWhole {
        fields.add(name: "content-length", value: "\(LingeringCloseTests.answer.count)")
      }
      if way == .behindConnectionClose { fields.add(name: "connection", value: "close") }
      context.write(
        part: .head(.init(version: .http1_1, status: .payloadTooLarge, headers: fields)))
      var written = context.write(bytes: LingeringCloseTests.answer)
      if isWhole { written = context.write(part: .end(nil)) }
      written.assumeIsolated().whenSuccess { [way] in
        switch way {
        case .contextInPromise, .behindConnectionClose: context.close(promise: nil)
        case .channelInPromise: context.channel.close(promise: nil)
        case .channelLater:
          let channel = context.channel
          context.eventLoop.scheduleTask(in: .milliseconds(20)) { channel.close(promise: nil) }
        case .withoutPromise: break
        case nil: context.fireUserInboundEventTriggered(Answered())
        }
      }
      context.flush()
      if way == .withoutPromise { context.close(promise: nil) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      context.fireUserInboundEventTriggered(event)
    }
  }

  /// Answers a request, and closes the connection.
  private final class ClosingApplication: ChannelInboundHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundOut = HTTPResponsePart

    private let byteCount: Int

    init(byteCount: Int) { self.byteCount = byteCount }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      guard case .end = unwrapInboundIn(data) else { return }
      let head = HTTPResponse(
        status: .ok, headerFields: [.contentLength: "\(byteCount)", .connection: "close"])
      context.write(wrapOutboundOut(.head(head)), promise: nil)
      let bytes = ByteBuffer(repeating: 120, count: byteCount)
      context.write(wrapOutboundOut(.body(bytes)), promise: nil)
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
      context.close(promise: nil)
    }
  }

  /// Completes no write before the close, like the socket of a client that reads nothing.
  private final class StalledTransport: ChannelOutboundHandler {
    typealias OutboundIn = Any

    private var promises: [EventLoopPromise<Void>] = []

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
      if let promise { promises.append(promise) }
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
      for promise in promises { promise.fail(ChannelError.ioOnClosedChannel) }
      promises = []
      context.close(mode: mode, promise: promise)
    }
  }

  private struct Answered: Sendable {}

  /// The connections of a server, which a test can close.
  private final class Channels: Sendable {
    private let added = AsyncStream.makeStream(of: (any Channel).self)
    private let answers = AsyncStream.makeStream(of: Void.self)

    func add(_ channel: any Channel) {
      added.continuation.yield(channel)
      _ = try? channel.pipeline.syncOperations.addHandler(Listener(answers.continuation))
    }

    func first() async throws -> any Channel {
      for await channel in added.stream { return channel }
      throw ChannelError.eof
    }

    func answered() async throws {
      for await _ in answers.stream { return }
    }

    /// It is below the HTTP handlers, so that it sees the written bytes.
    private final class Listener: ChannelOutboundHandler {
      typealias OutboundIn = IOData

      private let answers: AsyncStream<Void>.Continuation

      init(_ answers: AsyncStream<Void>.Continuation) {
        self.answers = answers
      }

      func flush(context: ChannelHandlerContext) {
        context.flush()
        answers.yield()
      }
    }
  }
#endif
