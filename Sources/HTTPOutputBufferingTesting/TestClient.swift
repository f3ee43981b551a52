import HTTPContentCoding
import HTTPOutputBuffering
import HTTPTypes
import OutputBufferingTesting

/// A client that receives a response as an adapter does.
struct TestClient {
  private(set) var received = ReceivedResponse()
  private var decoder: (any StreamingDecoder)?

  /// Receives outputs until the end of the response, or until the client leaves.
  mutating func receive(
    _ outlet: inout ResponseOutlet, leaving departure: ClientDeparture, _ report: HandlerReport
  ) async throws {
    while true {
      switch await outlet.next() {
      case .failed, .aborted: return
      case .output(let output):
        try receive(output)
        if case .complete(let trailers) = output.end {
          received.trailers = trailers
          received.isComplete = true
          received.isFinishedEarly = !report.hasReturned
          outlet.acknowledge()
          // The turn of the next request, or the end of the handler.
          return
        }
        if leaves(departure) { return outlet.exchange.disconnected() }
      }
    }
  }

  private func leaves(_ departure: ClientDeparture) -> Bool {
    switch departure.kind {
    case .never, .beforeHead: false
    case .afterHead: received.head != nil
    case .afterContent(let byteCount): received.head != nil && received.body.count >= byteCount
    }
  }

  private mutating func receive(_ output: ResponseOutput) throws {
    received.informational += output.informational
    received.closesConnection = output.closesConnection
    if let head = output.head {
      received.head = head.response
      received.framing = head.framing
      if head.framing != .noContent { decoder = try head.response.headerFields.decoder() }
    }
    received.contentByteCount += output.body.count
    received.body += try decoder?.decode(output.body) ?? output.body
  }
}

extension HTTPFields {
  /// Returns the decoder for content with these fields; nil if it isn't coded.
  fileprivate func decoder() throws -> (any StreamingDecoder)? {
    guard let name = self[.contentEncoding] else { return nil }
    guard let decoder = ContentCoding(name)?.makeDecoder() else { throw UnknownCoding(name: name) }
    return decoder
  }
}

/// An error for a coding that the test kit can't decode.
struct UnknownCoding: Error, CustomStringConvertible {
  let name: String

  var description: String { "no decoder for the content coding \(name)" }
}
