import HTTPOutputBuffering
import HTTPTypes
import OutputBufferingTesting

/// The client: it receives outputs in order, checks each message's invariants, and decodes the
/// content as it arrives.
final class WireClient {
  enum Violation: Error {
    case outputAfterEnd, secondHead, bodyBeforeHead, contentOfNone, wrongLength(Int, declared: Int)
    case framingField(String), incompleteCoding, endBeforeHead
  }

  let method: HTTPRequest.Method
  let version: HTTPProtocolVersion
  private(set) var informational: [HTTPResponse] = []
  private(set) var head: ResponseOutput.Head?
  private(set) var wireBytes: [UInt8] = []
  private(set) var end: ResponseOutput.End?
  private(set) var closesConnection = false
  private var decoder: InflateDecoder?
  private var decoded: [UInt8] = []

  init(method: HTTPRequest.Method = .get, version: HTTPProtocolVersion = .http1_1) {
    self.method = method
    self.version = version
  }

  /// The content that can be decoded so far.
  var content: [UInt8] { decoder == nil ? wireBytes : decoded }
  var text: String { String(decoding: content, as: UTF8.self) }
  var contentEncoding: String? { head?.response.headerFields[.contentEncoding] }
  var isComplete: Bool { if case .complete = end { true } else { false } }
  var isAborted: Bool { end == .aborted }
  func field(_ name: HTTPField.Name) -> String? { head?.response.headerFields[name] }

  func receive(_ output: ResponseOutput) throws {
    if output.isEmpty { return }
    guard end == nil else { throw Violation.outputAfterEnd }
    informational += output.informational
    if let head = output.head { try receive(head) }
    if !output.body.isEmpty {
      guard let head else { throw Violation.bodyBeforeHead }
      guard head.framing != .noContent else { throw Violation.contentOfNone }
      wireBytes += output.body
      if let decoder { decoded += try decoder.decode(output.body) }
    }
    end = output.end
    closesConnection = output.closesConnection
    if case .complete = output.end { try checkWhole() }
  }

  private func receive(_ head: ResponseOutput.Head) throws {
    guard self.head == nil else { throw Violation.secondHead }
    self.head = head
    let fields = head.response.headerFields
    // RFC 9112 §6.1: framing is the server's; RFC 9113 §8.2.2: no connection fields.
    if fields.contains(.transferEncoding) { throw Violation.framingField("transfer-encoding") }
    if version == .http2 && fields.contains(.connection) {
      throw Violation.framingField("connection")
    }
    // RFC 9112 §6.2: never Content-Length in a chunked message.
    let hasLength = fields.contains(.contentLength)
    switch head.framing.kind {
    case .contentLength(let length):
      guard fields[.contentLength] == "\(length)" else {
        throw Violation.framingField("content-length")
      }
    case .chunked, .connectionClose, .endOfStream:
      if hasLength { throw Violation.framingField("content-length") }
    case .noContent:
      // RFC 9110 §8.6: none on 1xx and 204.
      let status = head.response.status
      if hasLength && (status.kind == .informational || status == .noContent) {
        throw Violation.framingField("content-length")
      }
    }
    guard head.framing != .noContent else { return }
    switch fields[.contentEncoding] {
    case "gzip": decoder = InflateDecoder(.gzip)
    case "deflate": decoder = InflateDecoder(.zlib)
    default: break
    }
  }

  private func checkWhole() throws {
    guard let head else { throw Violation.endBeforeHead }
    if let length = head.framing.contentLength, length != wireBytes.count {
      throw Violation.wrongLength(wireBytes.count, declared: length)
    }
    if let decoder, !decoder.isAtEnd { throw Violation.incompleteCoding }
  }
}
