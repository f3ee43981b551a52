#if NIO
  import Foundation
  import GzipContentCoding
  import HTTPOutputBuffering
  import NIOCore
  import NIOHTTP1
  import NIOPosix
  import OutputBufferingNIO
  import Testing

  /// Serves one file as a file region, over a real socket.
  func withServer(
    body: [UInt8], type: String, _ operation: (Int) async throws -> Void
  ) async throws {
    let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try Data(body).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    let settings = ResponseSettings(codings: [.gzip()])
    let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          try pipeline.configureHTTPServerPipeline()
          try pipeline.addHandler(HTTPResponseCodingHandler(settings: settings))
          try pipeline.addHandler(FileAnswer(path: url.path, byteCount: body.count, type: type))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    do {
      try await operation(try #require(server.localAddress?.port))
    } catch {
      try await server.close()
      throw error
    }
    try await server.close()
  }

  private final class FileAnswer: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    let path: String
    let byteCount: Int
    let type: String

    init(path: String, byteCount: Int, type: String) {
      self.path = path
      self.byteCount = byteCount
      self.type = type
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      guard case .end = unwrapInboundIn(data) else { return }
      guard let file = try? NIOFileHandle(_deprecatedPath: path) else {
        return context.close(promise: nil)
      }
      let region = FileRegion(fileHandle: file, readerIndex: 0, endIndex: byteCount)
      var head = HTTPResponseHead(version: .http1_1, status: .ok)
      head.headers = [
        "content-type": type, "content-length": String(byteCount), "connection": "close",
      ]
      context.write(wrapOutboundOut(.head(head)), promise: nil)
      context.write(wrapOutboundOut(.body(.fileRegion(region))), promise: nil)
      let bound = NIOLoopBound((context, file), eventLoop: context.eventLoop)
      context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
        let (context, file) = bound.value
        try? file.close()
        context.close(promise: nil)
      }
    }
  }

  /// Asks and reads to the end of the connection.
  func get(_ port: Int, acceptEncoding: String) async throws -> WireResponse {
    let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    return try await client.executeThenClose { inbound, outbound in
      try await outbound.write(
        ByteBuffer(
          string: "GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: \(acceptEncoding)\r\n\r\n"))
      var bytes: [UInt8] = []
      for try await buffer in inbound { bytes += buffer.readableBytesView }
      return try #require(WireResponse(bytes))
    }
  }
#endif
