// A Hummingbird server whose handler answers first and keeps working.

// snippet.hide
#if Hummingbird
  import Foundation
  // snippet.show
  import Hummingbird
  import OutputBufferingHummingbird

  // snippet.hide
  struct Warehouse: Sendable {
    func send(_ order: String) async throws {}
  }

  struct Order: Codable, Sendable {
    var number: Int
  }

  struct Mailer: Sendable {
    func sendReceipt(for order: Order) async throws {}
  }

  struct Queue: Sendable {
    func add(_ name: String, _ payload: Data) async throws {}
  }

  func thank(for order: Order, in response: BufferedResponse, _ mailer: Mailer) throws {
    // snippet.show
    try response.afterRelease(named: "receipt", deadline: .seconds(20)) {
      try await mailer.sendReceipt(for: order)
    }
    // snippet.hide
  }

  func thankSurely(for order: Order, in response: BufferedResponse, _ mailer: Mailer) throws {
    // snippet.show
    try response.afterRelease(named: "receipt", payload: order) { order in
      try await mailer.sendReceipt(for: order)
    }
    // snippet.hide
  }

  func makeBuffering(keepingWorkIn queue: Queue) -> ResponseBuffering {
    // snippet.show
    let service = AfterResponseService { unfinished in
      for work in unfinished { try await queue.add(work.name, JSONEncoder().encode(work.payload)) }
    }
    let buffering = ResponseBuffering(codings: [.gzip()], service: service)
    // snippet.hide
    return buffering
  }

  func makeDownloadSettings() -> ResponseSettings {
    // snippet.show
    let settings = ResponseSettings(
      codings: [.gzip()], plainLengthField: .uncompressedContentLength)
    // snippet.hide
    return settings
  }

  struct Session: Sendable {
    let cookie: String
  }

  func remember(_ session: Session, in response: BufferedResponse) throws {
    // snippet.show
    try response.beforeCommit { head in
      head.headerFields.append(HTTPField(name: .setCookie, value: session.cookie))
    }
    // snippet.hide
  }

  func serve(port: Int, warehouse: Warehouse) async throws {
    // snippet.show
    let buffering = ResponseBuffering(codings: [.gzip()])

    let router = Router()
    router.add(middleware: ContentCodingMiddleware(buffering))
    router.post("orders") { request, context in
      let order = try await String(buffer: request.body.collect(upTo: 65_536))
      return try await buffering.response(to: request, context: context) { response in
        try response.updateHead { $0.headerFields[.contentType] = "text/html; charset=utf-8" }
        try response.atEnd { status in print("order ended, client: \(status)") }
        try await response.write("<h1>Thank you</h1>")
        try await response.finish()  // the client has the whole answer, coded or not
        try await warehouse.send(order)  // and the handler keeps working
      }
    }

    let app = Application(
      router: router,
      server: .bufferedHTTP1(),
      configuration: .init(address: .hostname("127.0.0.1", port: port)),
      services: [buffering.service]
    )
    try await app.runService()
    // snippet.hide
  }

  // On any free port, and only long enough to see that it starts.
  Task {
    try await Task.sleep(for: .seconds(1))
    kill(getpid(), SIGTERM)
  }
  try await serve(port: 0, warehouse: Warehouse())
  print("served, and ended gracefully")
#else
  print("This one needs Hummingbird: swift run --traits Hummingbird EarlyFinish")
#endif
