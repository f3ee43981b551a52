package import HTTPTypes

/// A response whose body is sent unchanged: the head to send, and the content that may follow it.
///
/// ``ResponseMachine/passThrough(bodyByteCount:trailers:)`` returns it. A declared length has to be
/// kept, or the client reads the next response as part of this one: an adapter that can't rely on
/// its body's length counts the content with ``take(byteCount:)`` and ``finish()``.
public struct UncodedResponse: Sendable {
  /// The content that follows a head.
  ///
  /// No cases will be added, since each one makes different demands on an adapter.
  public enum RemainingContent: Sendable, Hashable {
    /// No content; bytes that are written anyway must be dropped.
    case none
    /// Data of another protocol, after a switch of protocols or in a tunnel.
    case tunnel
    /// Exactly this many bytes.
    case counted(Int)
    /// Any number of bytes.
    case open
  }

  /// The head as it is sent, and the framing of its message.
  public let head: ResponseOutput.Head
  /// Whether the connection closes after the last byte of this response.
  public let closesConnection: Bool
  /// The content that is still to follow.
  public private(set) var content: RemainingContent

  init(head: ResponseOutput.Head, closesConnection: Bool, content: RemainingContent) {
    self.head = head
    self.closesConnection = closesConnection
    self.content = content
  }

  /// Counts content that is about to be sent.
  ///
  /// - Parameter byteCount: Its length in bytes.
  /// - Throws: ``ResponseError/Code/declaredLengthExceeded``: the content must not be sent, and the
  ///   message must be aborted.
  public mutating func take(byteCount: Int) throws(ResponseError) {
    try content.take(byteCount: byteCount)
  }

  /// Ensures that the content is complete.
  ///
  /// - Throws: ``ResponseError/Code/declaredLengthNotReached``: the message must be aborted, not
  ///   ended.
  public func finish() throws(ResponseError) {
    try content.finish()
  }
}

extension UncodedResponse.RemainingContent {
  /// The content that follows a response's head.
  package init(
    status: HTTPResponse.Status, answering method: HTTPRequest.Method, framing: MessageFraming
  ) {
    self = status.beginsTunnel(answering: method) ? .tunnel : Self(framing)
  }

  /// The content that follows a head with this framing that begins no tunnel.
  init(_ framing: MessageFraming) {
    self =
      switch framing.kind {
      case .noContent: .none
      case .contentLength(let byteCount): .counted(byteCount)
      case .chunked, .endOfStream, .connectionClose: .open
      }
  }

  /// Counts content that is about to be sent: see ``UncodedResponse/take(byteCount:)``.
  package mutating func take(byteCount: Int) throws(ResponseError) {
    guard case .counted(let rest) = self, byteCount > 0 else { return }
    guard byteCount <= rest else {
      throw .length(offBy: byteCount - rest)
    }
    self = .counted(rest - byteCount)
  }

  /// Ensures that the content is complete: see ``UncodedResponse/finish()``.
  package func finish() throws(ResponseError) {
    guard case .counted(let rest) = self, rest > 0 else { return }
    throw .length(offBy: -rest)
  }
}
