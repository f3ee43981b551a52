public import HTTPTypes

/// The way in which a client finds the end of a response (RFC 9112 §6.3, RFC 9113 §8.1).
///
/// The library decides the framing but doesn't write it: it sets `Content-Length` and leaves
/// `Transfer-Encoding` to the server, which alone knows its transport.
///
/// More kinds may be added: compare with the ones below instead of listing them all.
public struct MessageFraming: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    case contentLength(Int)
    case chunked, endOfStream, connectionClose, noContent
  }

  package let kind: Kind

  /// Exactly this many bytes follow.
  ///
  /// - Parameter byteCount: The length of the content in bytes.
  /// - Returns: The framing.
  public static func contentLength(_ byteCount: Int) -> MessageFraming {
    MessageFraming(kind: .contentLength(byteCount))
  }
  /// The server applies the chunked transfer coding (RFC 9112 §7.1).
  public static var chunked: MessageFraming { MessageFraming(kind: .chunked) }
  /// The stream's `END_STREAM` flag ends the message (RFC 9113 §8.1).
  public static var endOfStream: MessageFraming { MessageFraming(kind: .endOfStream) }
  /// The connection closes after the last byte, for HTTP/1.0 and an unknown length.
  public static var connectionClose: MessageFraming { MessageFraming(kind: .connectionClose) }
  /// No content follows, whatever the fields say: HEAD, 1xx, 204, 205, 304, or a 2xx to CONNECT.
  public static var noContent: MessageFraming { MessageFraming(kind: .noContent) }

  /// The exact length of the content in bytes, if the framing states it.
  public var contentLength: Int? {
    if case .contentLength(let byteCount) = kind { byteCount } else { nil }
  }

  private init(kind: Kind) {
    self.kind = kind
  }

  /// The framing of a response.
  ///
  /// - Parameters:
  ///   - status: The response's status.
  ///   - method: The request's method.
  ///   - version: The version of HTTP the client speaks.
  ///   - contentLength: The exact length in bytes, if it is known.
  ///   - hasTrailers: Whether trailer fields follow the content; only chunks can carry them in
  ///     HTTP/1.1, and HTTP/1.0 has none.
  public init(
    status: HTTPResponse.Status,
    method: HTTPRequest.Method,
    version: HTTPProtocolVersion,
    contentLength: Int?,
    hasTrailers: Bool = false
  ) {
    self.init(
      hasContent: method != .head && status.allowsContent(answering: method), version: version,
      contentLength: contentLength, hasTrailers: hasTrailers)
  }

  /// The framing of a response that has content or not.
  init(hasContent: Bool, version: HTTPProtocolVersion, contentLength: Int?, hasTrailers: Bool) {
    if !hasContent {
      self = .noContent
    } else if let contentLength, !(hasTrailers && version == .http1_1) {
      self = .contentLength(contentLength)
    } else {
      switch version.kind {
      case .http1_0: self = .connectionClose
      case .http1_1: self = .chunked
      case .http2: self = .endOfStream
      }
    }
  }
}

extension MessageFraming: CustomStringConvertible {
  /// The framing's name, such as `chunked`.
  public var description: String { "\(kind)" }
}

extension HTTPResponse.Status {
  /// Whether a response with this status can carry content (RFC 9110 §6.4.1).
  package var allowsContent: Bool {
    kind != .informational && self != .noContent && self != .resetContent && self != .notModified
  }

  /// The `Content-Length` that a status without content needs: clients frame a 205 like any other
  /// message (RFC 9110 §15.3.6, RFC 9112 §6.3).
  package var lengthWithoutContent: Int? { self == .resetContent ? 0 : nil }

  /// Whether the response to a request can carry content; after a 2xx to CONNECT, the tunnel begins
  /// (RFC 9110 §9.3.6).
  func allowsContent(answering method: HTTPRequest.Method) -> Bool {
    allowsContent && !beginsTunnel(answering: method)
  }

  /// Whether the connection stops being HTTP after the head: a switch of protocols (RFC 9110
  /// §15.2.2), or a 2xx to CONNECT (§9.3.6).
  package func beginsTunnel(answering method: HTTPRequest.Method) -> Bool {
    self == .switchingProtocols || (method == .connect && kind == .successful)
  }
}
