public import HTTPContentCoding
public import HTTPOutputBuffering
public import HTTPTypes

/// What the client of a handler got in a test, and what became of the handler.
public struct ReceivedResponse: Sendable {
  /// The head as it was sent; nil where the handler failed, or the client left, before it was.
  public internal(set) var head: HTTPResponse?
  /// How the message is framed; nil without a head.
  public internal(set) var framing: MessageFraming?
  /// The interim responses before the head (RFC 9110 §15.2).
  public internal(set) var informational: [HTTPResponse] = []
  /// The content as the client sees it: decoded, as far as it came.
  public internal(set) var body: [UInt8] = []
  /// How many bytes of content were sent, after coding.
  public internal(set) var contentByteCount = 0
  /// The trailer fields; nil for none.
  public internal(set) var trailers: HTTPFields?
  /// Whether the message came to its end.
  public internal(set) var isComplete = false
  /// Whether the end was sent while the handler still ran.
  public internal(set) var isFinishedEarly = false
  /// Whether the connection closes after the last byte.
  public internal(set) var closesConnection = false
  /// How the response is coded and why; nil where nothing was committed.
  public internal(set) var decision: ContentCodingDecision?
  /// Bytes that the handler wrote and no client could get, such as those after the end.
  public internal(set) var discardedByteCount = 0
  /// What became of the client, as the hooks at the end are told.
  public internal(set) var connectionStatus = ConnectionStatus.open
  /// What the handler threw; nil where it returned.
  public internal(set) var error: (any Error)?

  /// The content as text.
  public var text: String { String(decoding: body, as: UTF8.self) }
}
