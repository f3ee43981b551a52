public import HTTPContentCoding
public import HTTPOutputBuffering
public import HTTPTypes

/// The response that a test's client received, and the outcome of its handler.
public struct ReceivedResponse: Sendable {
  /// The head as it was sent; nil if the handler failed or the client left before that.
  public internal(set) var head: HTTPResponse?
  /// How the message is framed; nil without a head.
  public internal(set) var framing: MessageFraming?
  /// The interim responses before the head (RFC 9110 §15.2).
  public internal(set) var informational: [HTTPResponse] = []
  /// The decoded content that the client received.
  public internal(set) var body: [UInt8] = []
  /// The number of bytes of content that were sent, after coding.
  public internal(set) var contentByteCount = 0
  /// The trailer fields; nil for none.
  public internal(set) var trailers: HTTPFields?
  /// Whether the message is complete.
  public internal(set) var isComplete = false
  /// Whether the end was sent while the handler was still running.
  public internal(set) var isFinishedEarly = false
  /// Whether the connection closes after the last byte.
  public internal(set) var closesConnection = false
  /// How the response is coded and why; nil if nothing was committed.
  public internal(set) var decision: ContentCodingDecision?
  /// The number of bytes that the handler wrote but no client could receive, such as bytes after
  /// the end.
  public internal(set) var discardedByteCount = 0
  /// The status of the connection, as passed to the hooks at the end.
  public internal(set) var connectionStatus = ConnectionStatus.open
  /// The error that the handler threw; nil if it returned.
  public internal(set) var error: (any Error)?

  /// The content as text.
  public var text: String { String(decoding: body, as: UTF8.self) }
}
