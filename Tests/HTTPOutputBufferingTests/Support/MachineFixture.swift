import GzipContentCoding
import HTTPContentCoding
import HTTPOutputBuffering
import HTTPTypes

/// One machine with its client and the pool of its encoder.
final class MachineFixture {
  let gzip: ContentCodingOffer
  let client: WireClient
  let request: RequestMetadata
  var machine: ResponseMachine

  init(
    method: HTTPRequest.Method = .get,
    version: HTTPProtocolVersion = .http1_1,
    acceptEncoding: String? = "gzip",
    contentType: String? = "text/html; charset=utf-8",
    status: HTTPResponse.Status = .ok,
    offer: ContentCodingOffer = .init(coding: .gzip, pool: .gzip()),
    settings: (inout ResponseSettings) -> Void = { _ in }
  ) {
    var response = HTTPResponse(status: status)
    response.headerFields[.contentType] = contentType
    var configured = ResponseSettings(codings: [offer])
    settings(&configured)
    gzip = offer
    client = WireClient(method: method, version: version)
    request = RequestMetadata(
      method: method, version: version,
      acceptEncoding: AcceptEncoding(fieldValues: acceptEncoding.map { [$0] } ?? []))
    machine = ResponseMachine(request: request, head: response, settings: configured)
  }

  // `#expect` can't inspect a noncopyable value.
  var isOpen: Bool { machine.isOpen }
  var isOutputDue: Bool { machine.isOutputDue }
  var droppedTrailers: [HTTPField.Name] { machine.droppedTrailers }
  /// What an adapter learns before it makes a machine.
  var examined: ExaminedHead {
    ExaminedHead(
      machine.head.status, HeadFacts(machine.head.headerFields), answering: request,
      settings: machine.settings)
  }
  var head: HTTPResponse { machine.head }
  var decision: ContentCodingDecision? { machine.decision }
  var byteCountIn: Int { machine.byteCountIn }
  var byteCountOut: Int { machine.byteCountOut }
  var discardedByteCount: Int { machine.discardedByteCount }
  func passThrough(_ byteCount: Int?) -> ResponseOutput.Head? {
    uncoded(byteCount)?.head
  }
  func uncoded(_ byteCount: Int?) -> UncodedResponse? {
    machine.passThrough(bodyByteCount: byteCount)
  }
  func takeOutput() -> ResponseOutput { machine.takeOutput() }

  func write(_ text: String) throws(ResponseError) { try write(Array(text.utf8)) }
  func write(_ bytes: [UInt8]) throws(ResponseError) { try machine.write(bytes.span) }

  /// Sends the pending outputs, like an adapter.
  func send() throws { try client.receive(machine.takeOutput()) }

  func flush() throws {
    try machine.flush()
    try send()
  }

  func finish() throws {
    try machine.finish()
    try send()
  }

  func set(_ name: HTTPField.Name, _ value: String?) throws {
    try machine.updateHead { $0.headerFields[name] = value }
  }

  func setStatus(_ status: HTTPResponse.Status) throws {
    try machine.updateHead { $0.status = status }
  }
}

extension String {
  /// 6,200 bytes that compress well.
  static let big = String(
    String(repeating: "It was the best of times, it was the worst of times.\n", count: 117)
      .prefix(6200))
}

extension HTTPField.Name {
  static let decision = HTTPField.Name("X-Content-Coding-Decision")!
  static let contentDigest = HTTPField.Name("Content-Digest")!
  static let link = HTTPField.Name("Link")!
  static let host = HTTPField.Name("Host")!
}

/// Returns the code of a response error.
func code(of body: () throws -> Void) -> ResponseError.Code? {
  do {
    try body()
    return nil
  } catch {
    return (error as? ResponseError)?.code
  }
}
