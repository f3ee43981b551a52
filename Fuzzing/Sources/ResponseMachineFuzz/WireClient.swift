import FuzzingSupport
import HTTPContentCoding
import HTTPOutputBuffering
import HTTPTypes

/// The client's view of the response: it receives outputs in order and checks each.
struct WireClient {
  private let request: RequestMetadata
  private(set) var head: ResponseOutput.Head?
  private(set) var end: ResponseOutput.End?
  private(set) var byteCount = 0
  /// The content, as far as the received bytes determine it.
  private(set) var content: [UInt8] = []
  private var decoder: StreamingInflater?

  init(_ request: RequestMetadata) {
    self.request = request
  }

  mutating func receive(_ output: ResponseOutput, codedAs coding: ContentCoding?) {
    if output.isEmpty { return }
    require(end == nil, "output after the end: \(output)")
    if !output.informational.isEmpty {
      require(head == nil, "an interim response after the head")
      require(request.version != .http1_0, "an interim response to HTTP/1.0")
    }
    if let head = output.head {
      require(self.head == nil, "two heads")
      self.head = head
      checkHead(head, coding)
      if coding == .gzip { decoder = StreamingInflater(.gzip) }
      if coding == .deflate { decoder = StreamingInflater(.zlib) }
      require(
        head.framing != .connectionClose || output.closesConnection, "ended by close, kept open")
    }
    if !output.body.isEmpty { receive(Array(output.body)) }
    if let end = output.end {
      self.end = end
      checkEnd(end)
    }
  }

  private mutating func receive(_ body: [UInt8]) {
    require(head != nil, "content before the head")
    require(head?.framing != .noContent, "content where none can go")
    byteCount += body.count
    if let length = head?.framing.contentLength {
      require(byteCount <= length, "\(byteCount) bytes sent, \(length) declared")
    }
    if let decoder {
      decoder.decode(body, into: &content)
    } else {
      content += body
    }
  }

  private func checkHead(_ head: ResponseOutput.Head, _ coding: ContentCoding?) {
    let fields = head.response.headerFields
    let status = head.response.status
    require(!fields.contains(.transferEncoding), "Transfer-Encoding was set")
    if request.version == .http2 {
      require(!fields.contains(.connection) && !fields.contains(.upgrade), "Connection on HTTP/2")
    }
    switch (head.framing, request.version) {
    case (_, _) where head.framing.contentLength != nil:
      let length = head.framing.contentLength ?? 0
      require(fields[values: .contentLength] == ["\(length)"], "Content-Length \(fields)")
    case (.chunked, .http1_1), (.endOfStream, .http2), (.connectionClose, .http1_0):
      require(!fields.contains(.contentLength), "a length and another framing")
    case (.noContent, _):
      require(fields[values: .contentLength].allSatisfy { Int($0) != nil }, "\(fields)")
    default:
      fatalError("\(head.framing) in \(request.version)")
    }
    let hasNoContent =
      request.method == .head || (100..<200).contains(status.code)
      || [204, 205, 304].contains(status.code)
      || (request.method == .connect && (200..<300).contains(status.code))
    require(hasNoContent == (head.framing == .noContent), "\(head.framing) for \(status)")
    if (100..<200).contains(status.code) || status.code == 204 {
      require(!fields.contains(.contentLength), "Content-Length in a \(status)")
    }
    guard let coding else { return }
    require(fields[values: .contentEncoding] == [coding.name], "Content-Encoding of \(coding)")
    require(request.acceptEncoding.quality(of: coding).isAcceptable, "\(coding) not acceptable")
    require(fields[values: .vary].joined().contains("Accept-Encoding"), "Vary is missing")
    require(
      fields[values: .eTag].allSatisfy { $0.utf8.starts(with: "W/".utf8) }, "strong tag, coded")
    require(head.framing != .connectionClose, "coded content that is ended by close")
  }

  private func checkEnd(_ end: ResponseOutput.End) {
    guard case .complete(let trailers) = end else {
      // A broken message must not look complete: its gzip member has not ended.
      require(decoder?.isAtEnd != true, "the member of an aborted message has ended")
      return
    }
    guard let head else { fatalError("the end of a message without head") }
    if let length = head.framing.contentLength {
      require(byteCount == length, "\(byteCount) bytes sent, \(length) declared")
    }
    if let decoder, byteCount > 0 || head.framing != .noContent {
      require(decoder.isAtEnd, "the member of a whole message has not ended")
    }
    if let trailers {
      require(!trailers.isEmpty, "empty trailers")
      if head.response.headerFields.contains(.contentEncoding), decoder != nil {
        require(!trailers.contains(.contentDigest), "a digest of content that is coded")
        require(
          trailers[values: .eTag].allSatisfy { $0.utf8.starts(with: "W/".utf8) },
          "strong tag, coded")
      }
      switch head.framing {
      case .chunked, .endOfStream: break
      case _ where head.framing.contentLength != nil:
        require(request.version == .http2, "trailers after a length")
      default: fatalError("trailers in \(head.framing)")
      }
    }
  }
}
