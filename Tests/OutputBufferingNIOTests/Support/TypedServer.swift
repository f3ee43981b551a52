#if NIO
  import GzipContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  import NIOCore
  import NIOHTTP1
  import NIOHTTP2
  import NIOHTTPTypes
  import NIOHTTPTypesHTTP1
  import NIOHTTPTypesHTTP2
  import NIOPosix
  import OutputBufferingNIO

  /// Answers a request in HTTP types.
  typealias TypedAnswer = @Sendable (HTTPRequest, ChannelHandlerContext) -> Void

  /// Serves HTTP types over HTTP/1.1, coded.
  func withTypedServer(
    answering answer: @escaping TypedAnswer, _ operation: (Int) async throws -> Void
  ) async throws {
    try await withChannels { channel in
      let pipeline = channel.pipeline.syncOperations
      try pipeline.configureHTTPServerPipeline()
      try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
      try pipeline.addCoding(version: .http1_1, answer)
    } _: { port in
      try await operation(port)
    }
  }

  /// Serves HTTP types over HTTP/2 with prior knowledge, coded.
  func withHTTP2Server(
    answering answer: @escaping TypedAnswer, _ operation: (HTTP2Client) async throws -> Void
  ) async throws {
    try await withChannels { channel in
      _ = try channel.pipeline.syncOperations.configureAsyncHTTP2Pipeline(
        mode: .server, configuration: .init()
      ) { stream in
        stream.eventLoop.makeCompletedFuture {
          let pipeline = stream.pipeline.syncOperations
          try pipeline.addHandler(HTTP2FramePayloadToHTTPServerCodec())
          try pipeline.addCoding(version: .http2, answer)
        }
      }
    } _: { port in
      let client = try await HTTP2Client(port: port)
      do {
        try await operation(client)
      } catch {
        try? await client.channel.close()
        throw error
      }
      try await client.channel.close()
    }
  }

  extension ChannelPipeline.SynchronousOperations {
    fileprivate func addCoding(version: HTTPProtocolVersion, _ answer: @escaping TypedAnswer) throws
    {
      try addHandler(
        HTTPTypesResponseCodingHandler(
          version: version, codings: [.gzip()]))
      try addHandler(TypedApplication(answer: answer))
    }
  }

  private final class TypedApplication: ChannelInboundHandler {
    typealias InboundIn = HTTPRequestPart

    private let answer: TypedAnswer
    private var request: HTTPRequest?

    init(answer: @escaping TypedAnswer) {
      self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head(let head): request = head
      case .body: break
      case .end:
        guard let request = request.take() else { return }
        answer(request, context)
      }
    }
  }

  extension ChannelHandlerContext {
    @discardableResult
    func write(typed part: HTTPResponsePart) -> EventLoopFuture<Void> {
      write(NIOAny(part))
    }

    @discardableResult
    func write(typed text: String) -> EventLoopFuture<Void> {
      write(typed: .body(ByteBuffer(string: text)))
    }
  }

  extension HTTPResponse {
    static func html(length: Int? = nil, status: Status = .ok) -> Self {
      var head = HTTPResponse(
        status: status, headerFields: [.contentType: "text/html; charset=utf-8"])
      head.headerFields[.contentLength] = length.map(String.init)
      return head
    }
  }

  /// A connection of nio-http2's client, which protects itself against floods.
  struct HTTP2Client: Sendable {
    typealias Stream = NIOAsyncChannel<HTTPResponsePart, HTTPRequestPart>

    struct Response {
      var head: HTTPResponse?
      var body: [UInt8] = []
      var hasEnded = false
    }

    let channel: any Channel
    private let multiplexer: NIOHTTP2Handler.AsyncStreamMultiplexer<Void>

    init(port: Int) async throws {
      (channel, multiplexer) = try await ClientBootstrap(
        group: MultiThreadedEventLoopGroup.singleton
      ).connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          let multiplexer = try channel.pipeline.syncOperations.configureAsyncHTTP2Pipeline(
            mode: .client, configuration: .init()
          ) { $0.eventLoop.makeSucceededVoidFuture() }
          return (channel, multiplexer)
        }
      }
    }

    func send(_ method: HTTPRequest.Method, _ fields: HTTPFields = [.acceptEncoding: "gzip"])
      async throws -> Response
    {
      let stream = try await multiplexer.openStream { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(HTTP2FramePayloadToHTTPClientCodec())
          return try Stream(wrappingChannelSynchronously: channel)
        }
      }
      let request = HTTPRequest(
        method: method, scheme: "http", authority: "a", path: "/", headerFields: fields)
      return try await stream.executeThenClose { inbound, outbound in
        try await outbound.write(contentsOf: [.head(request), .end(nil)])
        var response = Response()
        for try await part in inbound {
          switch part {
          case .head(let head): response.head = head
          case .body(let bytes): response.body += bytes.readableBytesView
          case .end: response.hasEnded = true
          }
        }
        return response
      }
    }
  }
#endif
