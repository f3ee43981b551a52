import HTTPOutputBuffering
import HTTPTypes
import Logging

/// Connects the toy server to the library: everything that `docs/write-an-adapter.md` is about.
struct ToyAdapter: Sendable {
  let buffering: ResponseBuffering
  let logger: Logger

  /// Answers a request by a handler.
  ///
  /// - Returns: Whether the connection serves its next request.
  func answer(
    _ request: ToyRequest, on socket: ToySocket, head: HTTPResponse,
    handler: @escaping @Sendable @concurrent (BufferedResponse) async throws -> Void
  ) async -> Bool {
    guard !buffering.refusesResponses else { return await socket.refuse(.serviceUnavailable) }
    var outlet = buffering.start(
      for: request.metadata, head: head, name: request.name, logger: logger, handler: handler)
    let exchange = outlet.exchange
    socket.onDeparture { isReset in
      isReset ? exchange.disconnected() : exchange.inputClosed()
    }
    let isPersistent = request.version == .http1_1 && !request.metadata.asksToClose
    return await send(&outlet, to: socket, isPersistent: isPersistent)
  }

  private func send(
    _ outlet: inout ResponseOutlet, to socket: ToySocket, isPersistent: Bool
  ) async -> Bool {
    let exchange = outlet.exchange
    let stallLimit = buffering.settings.stallLimit
    var message = ToyMessage()
    var storage: ContiguousArray<UInt8> = []
    while true {
      switch await outlet.next(reusing: storage) {
      case .failed(let error):
        let isLate = (error as? ResponseError)?.code == .timedOut
        return await socket.refuse(
          isLate ? .serviceUnavailable : .internalServerError, isPersistent: isPersistent)
      case .aborted:
        socket.reset()
        return false
      case .output(let output):
        // Before the head there is nothing to break off: the server can still answer itself.
        if output.head != nil { exchange.onBreakOff { socket.reset() } }
        let isLast = output.end != nil
        let isWritten = await socket.write(message.bytes(of: output), stallLimit: stallLimit) {
          if isLast { exchange.acknowledge() }
        }
        guard isWritten else {
          exchange.disconnected()
          continue  // the next event says what becomes of it
        }
        storage = output.body
        switch output.end {
        case nil: continue
        case .aborted:
          socket.reset()
          return false
        case .complete:
          guard !output.closesConnection else { return false }
          await exchange.released()
          return !buffering.service.shutdown.isUnderway
        }
      }
    }
  }
}

/// Writes a message as HTTP/1 does (RFC 9112).
private struct ToyMessage {
  private var isChunked = false

  mutating func bytes(of output: ResponseOutput) -> ContiguousArray<UInt8> {
    var bytes: ContiguousArray<UInt8> = []
    for interim in output.informational { bytes.append(interim) }
    if let head = output.head {
      isChunked = head.framing == .chunked
      bytes.append(head.response, framing: isChunked ? "Transfer-Encoding: chunked\r\n" : "")
    }
    guard isChunked else { return bytes + output.body }
    // An empty chunk would be the last one.
    if !output.body.isEmpty {
      bytes += "\(String(output.body.count, radix: 16))\r\n".utf8
      bytes += output.body
      bytes += "\r\n".utf8
    }
    if case .complete(let trailers) = output.end {
      bytes += "0\r\n".utf8
      bytes.append(trailers ?? HTTPFields())
      bytes += "\r\n".utf8
    }
    return bytes
  }
}

extension ContiguousArray<UInt8> {
  fileprivate mutating func append(_ head: HTTPResponse, framing: String = "") {
    self += "HTTP/1.1 \(head.status.code) \(head.status.reasonPhrase)\r\n".utf8
    append(head.headerFields)
    self += "\(framing)\r\n".utf8
  }

  fileprivate mutating func append(_ fields: HTTPFields) {
    for field in fields { self += "\(field.name.rawName): \(field.value)\r\n".utf8 }
  }
}

extension ToyRequest {
  /// What the library has to know of it.
  fileprivate var metadata: RequestMetadata {
    RequestMetadata(method: method, version: version, lines: lines)
  }

  /// Its name in logs.
  fileprivate var name: String { "\(method) \(target.prefix { $0 != "?" })" }
}
