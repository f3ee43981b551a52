// Codes the responses of an existing SwiftNIO pipeline by one more handler.

// snippet.hide
#if NIO
  // snippet.show
  import NIOCore
  import NIOHTTP1
  import NIOPosix
  import OutputBufferingNIO

  // snippet.hide
  /// Answers each request by a page, as it did before.
  final class PageHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      guard case .end = unwrapInboundIn(data) else { return }
      let head = HTTPResponseHead(
        version: .http1_1, status: .ok, headers: ["content-type": "text/html; charset=utf-8"])
      context.write(wrapOutboundOut(.head(head)), promise: nil)
      let page = ByteBuffer(repeating: UInt8(ascii: "a"), count: 6200)
      context.write(wrapOutboundOut(.body(.byteBuffer(page))), promise: nil)
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
  }

  // snippet.show
  func listen(on port: Int) async throws -> any Channel {
    try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          try pipeline.configureHTTPServerPipeline()
          try pipeline.addHandler(HTTPResponseCodingHandler(codings: [.gzip()]))
          try pipeline.addHandler(PageHandler())
        }
      }
      .bind(host: "127.0.0.1", port: port).get()
  }

  // snippet.hide
  // On any free port, for one request.
  let server = try await listen(on: 0)
  let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
    .connect(host: "127.0.0.1", port: server.localAddress?.port ?? 0) { channel in
      channel.eventLoop.makeCompletedFuture {
        try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
      }
    }
  try await client.executeThenClose { inbound, outbound in
    try await outbound.write(
      ByteBuffer(
        string: "GET / HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n"))
    for try await bytes in inbound {
      print(String(buffer: bytes).prefix { $0 != "\u{1F}" })
      break
    }
  }
  try await server.close()
#else
  print("This one needs SwiftNIO: swift run --traits NIO NIOPipeline")
#endif
