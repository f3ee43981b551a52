import GzipContentCoding
import HTTPContentCoding
import HTTPOutputBuffering
import HTTPTypes
import Logging
import Synchronization

/// A log of events, in order, written from any task.
final class EventLog: Sendable {
  private let entries = Mutex<[String]>([])

  func add(_ entry: String) { entries.withLock { $0.append(entry) } }
  var all: [String] { entries.withLock { $0 } }
  func count(of entry: String) -> Int { all.count { $0 == entry } }
}

/// The outcome of an adapter's loop.
struct Reception: @unchecked Sendable {
  /// The client, which no other task uses any more.
  var client: WireClient
  var failure: (any Error)?
  var wasAborted = false
}

/// An adapter with a client for each response and no socket.
struct FakeServer: Sendable {
  let gzip: ContentCodingOffer
  let engine: ResponseBuffering
  let log = EventLog()

  init(
    service: AfterResponseService = AfterResponseService(),
    settings: (inout ResponseSettings) -> Void = { _ in }
  ) {
    // Counters that exist before the metrics system is bootstrapped count nothing.
    _ = TestMetrics.shared
    gzip = ContentCodingOffer(coding: .gzip, pool: .gzip())
    var configured = ResponseSettings(codings: [gzip])
    settings(&configured)
    engine = ResponseBuffering(settings: configured, service: service)
  }

  func start(
    method: HTTPRequest.Method = .get,
    acceptEncoding: String? = "gzip",
    contentType: String = "text/html",
    logger: Logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
    _ handler: @escaping @Sendable (BufferedResponse) async throws -> Void
  ) -> ResponseExchange {
    var head = HTTPResponse(status: .ok)
    head.headerFields[.contentType] = contentType
    var outlet = engine.start(
      for: RequestMetadata(
        method: method,
        acceptEncoding: AcceptEncoding(fieldValues: acceptEncoding.map { [$0] } ?? [])),
      head: head, name: "test", logger: logger, handler: handler)
    // Tests request outputs and acknowledge them from any task.
    outlet.handOver()
    return outlet.exchange
  }

  /// Starts a handler and receives its whole response.
  func respond(
    method: HTTPRequest.Method = .get,
    acceptEncoding: String? = "gzip",
    contentType: String = "text/html",
    _ handler: @escaping @Sendable (BufferedResponse) async throws -> Void
  ) async throws -> Reception {
    let exchange = start(
      method: method, acceptEncoding: acceptEncoding, contentType: contentType, handler)
    return try await exchange.receiveAll(log: log)
  }

  /// Waits until all handlers have ended.
  func idle() async { await engine.service.drain() }
}

extension ResponseExchange {
  /// Runs the loop of an adapter.
  func receiveAll(log: EventLog = EventLog()) async throws -> Reception {
    var reception = Reception(client: WireClient())
    while true {
      switch await next() {
      case .output(let output):
        try reception.client.receive(output)
        if output.end != nil { log.add("end") }
        acknowledge(reusing: output.body)
        if output.end != nil { return reception }
      case .failed(let error):
        reception.failure = error
        return reception
      case .aborted:
        reception.wasAborted = true
        return reception
      }
    }
  }

  /// Takes one output and doesn't acknowledge it.
  func takeOne() async -> ResponseOutput? {
    if case .output(let output) = await next() { output } else { nil }
  }
}

/// Runs a throwing operation and returns the code of its error.
func code(
  of body: () async throws -> Void
) async -> ResponseError.Code? {
  do {
    try await body()
    return nil
  } catch {
    return (error as? ResponseError)?.code
  }
}
