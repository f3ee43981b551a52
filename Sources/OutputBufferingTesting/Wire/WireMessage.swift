import HTTPContentCoding

/// A response as it arrives, with the arrival times of its parts.
///
/// Violations of HTTP rules that apply to every response are collected in ``violations``. Only the
/// thread that reads the connection changes it, and others look at it once that has returned it.
package final class WireMessage: @unchecked Sendable {
  package typealias Instant = ContinuousClock.Instant

  /// How the end of the content was indicated.
  package enum Framing: Equatable {
    case none, length(Int), chunked, close, endOfStream
  }

  package enum End: Equatable {
    case complete
    case broken(isReset: Bool)
  }

  let method: String
  /// When the request was sent; content that arrived earlier belongs to another message.
  var sentAt = Instant.now
  package private(set) var interim: [(head: WireHead, at: Instant)] = []
  package private(set) var head: WireHead?
  package private(set) var framing: Framing?
  /// The content as sent, without chunk or frame delimiters.
  package private(set) var content: [UInt8] = []
  /// The content without its coding, as far as a streaming decoder has decoded it.
  package private(set) var plain: [UInt8] = []
  package private(set) var trailers: [WireField] = []
  /// The number of chunks, without the last one.
  package internal(set) var chunkCount = 0
  package private(set) var end: End?
  private(set) var headAt: Instant?
  private(set) var endAt: Instant?
  private(set) var violations: [String] = []
  private var decoder: (any StreamingDecoder)?
  /// The codings that the request asks for; nil if it consists of raw bytes.
  private let acceptEncoding: AcceptEncoding?

  init(answering request: WireRequest) {
    method = request.method
    let lines = request.fields.filter { $0.name.lowercased() == "accept-encoding" }
    acceptEncoding = request.raw == nil ? AcceptEncoding(fieldValues: lines.map(\.text)) : nil
  }

  /// Creates a message that is decoded if its coding is gzip or deflate.
  package init(method: String) {
    self.method = method
    acceptEncoding = AcceptEncoding(fieldValues: [])
  }

  package var isComplete: Bool { end == .complete }
  /// Whether the message ended early.
  package var isBroken: Bool { end != nil && !isComplete }
  /// Whether the message ended early by a reset.
  package var isReset: Bool { end == .broken(isReset: true) }

  /// Whether the coded content has reached its own end, including its checksum.
  package var isDecoded: Bool { decoder?.isAtEnd ?? isComplete }

  /// The final status; 0 without a head.
  package var status: Int { head?.status ?? 0 }

  /// The joined lines of a field; nil if there are none.
  package subscript(name: String) -> String? { head?[name] }

  package var text: String { String(decoding: plain, as: UTF8.self) }

  func receive(interim head: WireHead) {
    interim.append((head, .now))
    for name in ["content-length", "transfer-encoding", "content-encoding"] where head[name] != nil
    {
      violate("an interim response has \(name)")
    }
  }

  func receive(_ head: WireHead, framing: Framing) {
    headAt = .now
    self.head = head
    self.framing = framing
    checkFraming(of: head)
    let codings = head.lines("content-encoding")
    if codings.count == 1, let coding = ContentCoding(codings[0]), isDecoded(coding) {
      decoder = coding.makeDecoder()
    }
  }

  /// Whether content in a coding is decoded: a coding other than gzip and deflate that the request
  /// doesn't ask for is the script's own, and its content may be anything.
  private func isDecoded(_ coding: ContentCoding) -> Bool {
    guard let acceptEncoding, coding != .gzip, coding != .deflate else { return true }
    return acceptEncoding.isFieldPresent && acceptEncoding.quality(of: coding).isAcceptable
  }

  private func checkFraming(of head: WireHead) {
    let lengths = head.lines("content-length")
    let codings = head.lines("transfer-encoding")
    if !lengths.isEmpty && !codings.isEmpty {
      violate("Content-Length and Transfer-Encoding (RFC 9112 §6.2)")
    }
    if lengths.count > 1 { violate("several Content-Length (RFC 9110 §8.6)") }
    if (head.status == 204 || head.status < 200) && !(lengths + codings).isEmpty {
      violate("\(head.status) with a length or a transfer coding (RFC 9110 §8.6)")
    }
    if head.status == 304 && !codings.isEmpty { violate("304 with a transfer coding") }
    if head.version == "HTTP/1.0" && !codings.isEmpty { violate("Transfer-Encoding in HTTP/1.0") }
  }

  func receive(content bytes: some Collection<UInt8>) {
    if framing == Framing.none && !bytes.isEmpty {
      violate("\(bytes.count) bytes of content where none can be")
    }
    content += bytes
    guard let decoder else {
      plain += bytes
      return
    }
    do {
      plain += try decoder.decode(ContiguousArray(bytes))
    } catch {
      violate("the content doesn't decode: \(error)")
    }
  }

  func receive(trailers: [WireField]) {
    self.trailers += trailers
  }

  func finish() {
    guard end == nil else { return }
    end = .complete
    endAt = .now
    if case .length(let length) = framing, length != content.count {
      violate("Content-Length \(length), \(content.count) bytes came")
    }
    if let decoder, framing != Framing.none, !decoder.isAtEnd {
      violate("the message is whole, its coding isn't")
    }
  }

  func breakOff(isReset: Bool) {
    guard end == nil else { return }
    end = .broken(isReset: isReset)
    endAt = .now
  }

  func violate(_ text: String) {
    violations.append(text)
  }
}
