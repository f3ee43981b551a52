import ContentCodings
import GzipContentCoding
import HTTPContentCoding
import HTTPOutputBuffering
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOPosix
import OutputBufferingNIO

/// The pages on NIO's HTTP/1 pipeline.
struct NIOServer {
  let kind: ServerKind
  let level: CompressionLevel
  let pages: Pages

  func run(port: Int) async throws {
    let settings = ResponseSettings(codings: [offer])
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup(numberOfThreads: 1))
      .serverChannelOption(.backlog, value: 4096)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { [kind, level, pages] channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          try pipeline.configureHTTPServerPipeline()
          switch kind {
          case .nioOurs, .nioEngines, .nioLowered, .nioZstd, .nioBrotli:
            try pipeline.addHandler(HTTPResponseCodingHandler(settings: settings))
          case .nioPeer: try pipeline.addHandler(HTTPResponseCompressor())
          case .nioFloor: try pipeline.addHandler(FloorHandler(level: level))
          default: break
          }
          try pipeline.addHandler(PageHandler(pages: pages))
        }
      }
      .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
      .bind(host: "127.0.0.1", port: port).get()
    try await channel.closeFuture.get()
  }
}

extension NIOServer {
  private var offer: ContentCodingOffer {
    let chosen = ContentCodingOffer.gzip(level: level)
    return switch kind {
    case .nioEngines: chosen
    // There is only one event loop.
    case .nioLowered:
      chosen.lowered(to: .gzip(level: 1), under: EncoderLoad(processorCount: 1))
    case .nioZstd: .zstd()
    case .nioBrotli: .brotli()
    default: .gzip(level: level, engine: .zlib)
    }
  }
}

/// The application: a page, or an event stream that waits after its first event.
private final class PageHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let pages: Pages
  private var path: Substring = ""

  init(pages: Pages) {
    self.pages = pages
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): path = head.uri.dropFirst()
    case .body: break
    case .end: answer(context)
    }
  }

  private func answer(_ context: ChannelHandlerContext) {
    if path == "events" { return sendEvent(context) }
    let page = pages[path]?.buffer
    let headers: HTTPHeaders = [
      "Content-Type": "text/html; charset=utf-8",
      "Content-Length": String(page?.readableBytes ?? 0),
      "Cache-Control": "max-age=60",
      "Server": "bench",
    ]
    let head = HTTPResponseHead(
      version: .http1_1, status: page == nil ? .notFound : .ok, headers: headers)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    if let page { context.write(wrapOutboundOut(.body(.byteBuffer(page))), promise: nil) }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }

  private func sendEvent(_ context: ChannelHandlerContext) {
    let head = HTTPResponseHead(
      version: .http1_1, status: .ok,
      headers: ["Content-Type": "text/event-stream", "Cache-Control": "no-store"])
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    let event = ByteBuffer(string: Pages.event)
    context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(event))), promise: nil)
  }
}
