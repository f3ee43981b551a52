// Just compresses, on Hummingbird and in a pipeline of SwiftNIO.

// snippet.hide
#if Hummingbird
  import NIOCore
  import NIOHTTP1
  // snippet.show
  import Hummingbird
  import OutputBufferingHummingbird

  let router = Router()
  router.add(middleware: ContentCodingMiddleware(codings: [.gzip()]))
  // snippet.hide
  addRoutes(to: router, page: Page())
  print("compresses \(makeBuffering().settings.codings.map(\.coding))")

  struct Page: ResponseGenerator {
    func response(from request: Request, context: some RequestContext) -> Response {
      Response(
        status: .ok, headers: [.contentType: "text/html"],
        body: ResponseBody(byteBuffer: ByteBuffer(repeating: UInt8(ascii: "a"), count: 6200)))
    }
  }

  func addRoutes(to router: Router<BasicRequestContext>, page: Page) {
    // snippet.show
    router.add(middleware: ContentCodingMiddleware(codings: [.gzip()]))
    // snippet.hide

    // snippet.show
    router.group("raw").add(middleware: ContentCodingMiddleware(mode: .off))
      // snippet.hide
      .get("page") { _, _ in page }

    router.get("page") { request, context in
      // snippet.show
      var response = page.response(from: request, context: context)
      response.compressionMode = .off
      return response
      // snippet.hide
    }
  }

  func exempt(_ response: BufferedResponse) {
    // snippet.show
    response.compressionMode = .off
    // snippet.hide
  }

  func addTunedMiddleware(to router: Router<BasicRequestContext>) {
    // snippet.show
    let mediaTypes = ["text/*", "*+json", "application/json"].compactMap(MediaTypePattern.init)
    let policy = CompressionPolicy(minimumByteCount: 256, mediaTypes: MediaTypeSet(mediaTypes))
    router.add(
      middleware: ContentCodingMiddleware(
        codings: [.gzip(level: 4)], policy: policy, explainsDecision: true))
    // snippet.hide
  }

  func addMigratedMiddleware(to router: Router<BasicRequestContext>) {
    // snippet.show
    let policy = CompressionPolicy(minimumByteCount: 513)
    router.add(middleware: ContentCodingMiddleware(codings: [.gzip()], policy: policy))
    // snippet.hide
  }

  func optOut(_ headers: inout HTTPHeaders) {
    // snippet.show
    headers.replaceOrAdd(name: "Content-Encoding", value: "identity")  // not sent
    // snippet.hide
  }

  func configure(_ channel: any Channel) throws {
    let pipeline = channel.pipeline.syncOperations
    // snippet.show
    try pipeline.addHandler(HTTPResponseCodingHandler(codings: [.gzip()]))
    // snippet.hide
  }

  func configureStream(_ channel: any Channel) throws {
    let pipeline = channel.pipeline.syncOperations
    // snippet.show
    try pipeline.addHandler(HTTPTypesResponseCodingHandler(version: .http2, codings: [.gzip()]))
    // snippet.hide
  }

  func makeBuffering() -> ResponseBuffering {
    // snippet.show
    var settings = ResponseSettings(codings: [.gzip()])
    settings.timeLimit = .seconds(30)
    let buffering = ResponseBuffering(settings: settings)
    // snippet.hide
    return buffering
  }
#else
  print("This one needs Hummingbird: swift run --traits Hummingbird Compression")
#endif
