public import HTTPTypes

/// The next output for an adapter to send, in the order of the properties.
///
/// The adapter sends them unchanged: it adds no `Content-Length` and no `Connection`, and adds
/// `Transfer-Encoding` only if the ``Head/framing`` is ``MessageFraming/chunked``. An empty
/// ``body`` must not be sent as a chunk, since an empty chunk ends the message (RFC 9112 §7.1).
///
/// One value carries everything that became sendable together, so that head, content and end of a
/// short response are a single write.
public struct ResponseOutput: Sendable {
  /// The committed head and the framing of its message.
  public struct Head: Sendable {
    /// The head as it is sent, without `Transfer-Encoding`.
    public var response: HTTPResponse
    /// The way in which the client finds the end of the message.
    public var framing: MessageFraming

    package init(response: HTTPResponse, framing: MessageFraming) {
      self.response = response
      self.framing = framing
    }

    /// Whether the head has no content and doesn't state the content's length (RFC 9110 §8.6), as
    /// in a response to HEAD of unknown length.
    ///
    /// A server that adds `Content-Length: 0` to responses without content must not add it here.
    public var hasUnstatedLength: Bool {
      framing == .noContent && response.status.allowsContent
        && response.headerFields[.contentLength] == nil
    }
  }

  /// How a message ends.
  ///
  /// No cases will be added: a message is complete or it isn't, and every adapter has to tell the
  /// two apart.
  public enum End: Sendable, Hashable {
    /// The message is complete; it has trailers if the version of HTTP carries them.
    case complete(trailers: HTTPFields?)
    /// The message must look broken to the client: no last chunk, no `END_STREAM`.
    case aborted
  }

  /// Interim responses (RFC 9110 §15.2), which precede everything else.
  public var informational: [HTTPResponse] = []
  /// The head, in the first value after the commit.
  public var head: Head?
  /// Content, coded if a coding was chosen; it may be empty.
  public var body: ContiguousArray<UInt8> = []
  /// A file that follows ``body``; always nil for adapters that don't take files.
  ///
  /// All of its bytes are content, in one or more chunks if the message is chunked. If the file
  /// turns out to be shorter than it claims, abort the message and call
  /// ``ResponseExchange/disconnected()``.
  public var file: (any ResponseFile)?
  /// The end, in the last value.
  public var end: End?
  /// Whether the connection closes after the last byte of this response.
  public var closesConnection = false

  /// Creates an output with nothing to send.
  public init() {}

  /// Whether there is nothing to send.
  public var isEmpty: Bool {
    informational.isEmpty && head == nil && contentByteCount == 0 && end == nil
  }

  /// The number of bytes of content.
  var contentByteCount: Int { body.count.addingClamped(file?.byteCount ?? 0) }
}
