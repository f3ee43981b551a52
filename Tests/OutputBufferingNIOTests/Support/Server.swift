#if NIO
  import Foundation
  import GzipContentCoding
  import HTTPOutputBuffering
  import NIOCore
  import NIOHTTP1
  import NIOPosix
  @testable import OutputBufferingNIO
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Testing

  /// Serves over a real socket during an operation, which receives the port.
  func withChannels(
    _ initialize: @escaping @Sendable (any Channel) throws -> Void,
    _ operation: (Int) async throws -> Void
  ) async throws {
    let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try initialize(channel) }
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

  /// Serves an application through the coding handler, and calls it at the end of each request.
  func withServer(
    latencyBound: Duration? = nil,
    stallTime: TimeAmount = DrainingClose.stallTime,
    answering answer: @escaping @Sendable (ChannelHandlerContext) throws -> Void,
    _ operation: (Int) async throws -> Void
  ) async throws {
    try await withChannels { channel in
      let pipeline = channel.pipeline.syncOperations
      try pipeline.configureHTTPServerPipeline()
      try pipeline.addHandler(
        HTTP1ContentGuard(stallTime: stallTime),
        position: .after(pipeline.handler(type: HTTPResponseEncoder.self)))
      try pipeline.addHandler(
        HTTPResponseCodingHandler(
          codings: [.gzip()], latencyBound: latencyBound))
      try pipeline.addHandler(Application(answer: answer))
    } _: { port in
      try await operation(port)
    }
  }

  private final class Application: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart

    let answer: @Sendable (ChannelHandlerContext) throws -> Void

    init(answer: @escaping @Sendable (ChannelHandlerContext) throws -> Void) {
      self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      guard case .end = unwrapInboundIn(data) else { return }
      do {
        try answer(context)
      } catch {
        Issue.record(error)
        context.close(promise: nil)
      }
    }
  }

  extension ChannelHandlerContext {
    @discardableResult
    func write(part: HTTPServerResponsePart) -> EventLoopFuture<Void> {
      write(NIOAny(part))
    }

    @discardableResult
    func write(text: String) -> EventLoopFuture<Void> {
      write(part: .body(.byteBuffer(ByteBuffer(string: text))))
    }

    @discardableResult
    func write(bytes: [UInt8]) -> EventLoopFuture<Void> {
      write(part: .body(.byteBuffer(ByteBuffer(bytes: bytes))))
    }
  }

  /// A file for a test.
  struct TestFile {
    private let path: String
    let byteCount: Int

    init(_ content: [UInt8]) throws {
      path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
      byteCount = content.count
      try Data(content).write(to: URL(fileURLWithPath: path))
    }

    func open() throws -> NIOFileHandle { try NIOFileHandle(_deprecatedPath: path) }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
  }

  /// What a connection received up to its end.
  struct Received {
    var bytes: [UInt8] = []
    var isReset = false

    var text: String { String(decoding: bytes, as: UTF8.self) }
    /// The first response, which ends with the connection.
    var response: WireResponse {
      get throws { try #require(WireResponse(bytes)) }
    }
  }

  /// Sends bytes and reads to the end of the connection.
  func exchange(
    _ port: Int, _ request: String,
    onBytes: @Sendable (Received) async -> Void = { _ in }
  ) async throws -> Received {
    let client = try AsyncClient(port: port)
    try await client.send(request)
    return try await client.receiveToEnd(onBytes: onBytes)
  }

  extension AsyncClient {
    /// Reads raw bytes to the end of the connection.
    func receiveToEnd(
      onBytes: @Sendable (Received) async -> Void = { _ in }
    ) async throws -> Received {
      var received = Received()
      while let bytes = try await self({ try $0.receive(by: .now + .seconds(30)) }) {
        received.bytes += bytes
        await onBytes(received)
      }
      received.isReset = try await self { try $0.waitForEnd().isReset }
      return received
    }
  }

  /// A request whose response ends with the connection.
  func get(acceptEncoding: String = "gzip", version: String = "1.1") -> String {
    "GET / HTTP/\(version)\r\nHost: a\r\nAccept-Encoding: \(acceptEncoding)\r\n\r\n"
  }
#endif
