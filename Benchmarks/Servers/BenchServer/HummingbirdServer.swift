import GzipContentCoding
import HTTPOutputBuffering
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import OutputBufferingHummingbird

/// The pages on Hummingbird.
struct HummingbirdServer {
  typealias Context = BasicRequestContext

  let kind: ServerKind
  let level: CompressionLevel
  let pages: Pages

  func run(port: Int) async throws {
    let buffering = ResponseBuffering(
      codings: [.gzip(level: level, engine: .zlib)])
    let router = Router(context: Context.self)
    switch kind {
    case .hummingbirdMiddleware: router.add(middleware: ContentCodingMiddleware(buffering))
    case .hummingbirdFloor: router.add(middleware: FloorMiddleware(level: level))
    default: break
    }
    if kind == .hummingbirdHandler {
      addHandlers(to: router, buffering)
    } else {
      addRoutes(to: router)
    }
    var logger = Logger(label: "bench")
    logger.logLevel = .critical
    let usesOurs = kind == .hummingbirdMiddleware || kind == .hummingbirdHandler
    let app = Application(
      router: router,
      server: usesOurs ? .bufferedHTTP1() : .http1(),
      configuration: .init(address: .hostname("127.0.0.1", port: port), backlog: 4096),
      services: usesOurs ? [buffering.service] : [],
      eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup(numberOfThreads: 1)),
      logger: logger)
    try await app.run()
  }

  /// Ordinary routes, for the bare server and the middlewares.
  private func addRoutes(to router: Router<Context>) {
    for name in Pages.names {
      guard let page = pages[name]?.buffer else { continue }
      router.get(RouterPath(name)) { _, _ in
        Response(status: .ok, headers: .page, body: ResponseBody(byteBuffer: page))
      }
    }
    router.get("events") { _, _ in
      Response(
        status: .ok, headers: .events,
        body: ResponseBody { writer in
          try await writer.write(ByteBuffer(string: Pages.event))
          await untilCancelled()
          try await writer.finish(nil)
        })
    }
  }

  /// The same pages from handlers that can end their responses.
  private func addHandlers(to router: Router<Context>, _ buffering: ResponseBuffering) {
    let head = HTTPResponse(status: .ok, headerFields: .page)
    for name in Pages.names {
      guard let page = pages[name]?.text else { continue }
      router.get(RouterPath(name)) { request, context in
        try await buffering.response(to: request, context: context, head: head) { response in
          try await response.write(page)
        }
      }
    }
    let eventHead = HTTPResponse(status: .ok, headerFields: .events)
    router.get("events") { request, context in
      try await buffering.response(to: request, context: context, head: eventHead) { response in
        try await response.write(Pages.event)
        try await response.flush()
        await untilCancelled()
      }
    }
  }
}

extension HTTPFields {
  fileprivate static let page: HTTPFields = [
    .contentType: "text/html; charset=utf-8", .cacheControl: "max-age=60", .server: "bench",
  ]
  fileprivate static let events: HTTPFields = [
    .contentType: "text/event-stream", .cacheControl: "no-store",
  ]
}

/// Waits without a timer until the task is cancelled.
private func untilCancelled() async {
  let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
  for await _ in stream {}
  continuation.finish()
}
