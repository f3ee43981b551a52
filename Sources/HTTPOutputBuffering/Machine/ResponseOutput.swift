public import HTTPTypes

/// The next output for an adapter to send, in the order of the properties.
///
/// It sends them as they are: it adds no `Content-Length` and no `Connection`, and `Transfer-Encoding` only
/// where the ``Head/framing`` is ``MessageFraming/chunked``. A ``body`` may be empty: it is no chunk then, since
/// an empty one ends the message (RFC 9112 §7.1).
///
/// One value carries everything that became sendable together, so that a whole response is one
/// write: head, content, and end are never three hand-overs.
public struct ResponseOutput: Sendable {
  /// The committed head and how its message is framed.
  public struct Head: Sendable {
    /// The head as it is sent, without `Transfer-Encoding`.
    public var response: HTTPResponse
    /// The way in which the client finds the end of the message.
    public var framing: MessageFraming

    package init(response: HTTPResponse, framing: MessageFraming) {
      self.response = response
      self.framing = framing
    }

    /// Whether the client isn't told the length that the content has or would have (RFC 9110 §8.6), although
    /// none follows, as in a response to HEAD.
    ///
    /// A server that adds `Content-Length: 0` to what has no content has to be kept from it here.
    public var hasUnstatedLength: Bool {
      framing == .noContent && response.status.allowsContent
        && response.headerFields[.contentLength] == nil
    }
  }

  /// How a message ends.
  ///
  /// There will be no other cases: a message is whole or isn't, and every adapter has to tell the two apart.
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
  /// A file that follows ``body``, for adapters that have said they take files; nil for others.
  ///
  /// All of its bytes are content, in one chunk or several where the message is chunked. Where it turns out to be
  /// shorter than it says, break the message off and call ``ResponseExchange/disconnected()``.
  public var file: (any ResponseFile)?
  /// The end, in the last value.
  public var end: End?
  /// Whether the connection closes after the last byte of this response.
  public var closesConnection = false

  /// Makes an output with nothing to send.
  public init() {}

  /// Whether there is nothing to send.
  public var isEmpty: Bool {
    informational.isEmpty && head == nil && contentByteCount == 0 && end == nil
  }

  /// The number of bytes of content.
  var contentByteCount: Int { body.count.addingClamped(file?.byteCount ?? 0) }
}
