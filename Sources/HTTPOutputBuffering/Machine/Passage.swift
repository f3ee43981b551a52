package import HTTPTypes

/// A response whose body goes out as it is: the head to send, and what may follow it.
///
/// It is what ``ResponseMachine/passThrough(bodyByteCount:trailers:)`` decides. Where the length was declared
/// somebody has to see that it is kept, or the next response begins inside this one: an adapter that
/// isn't sure of its body counts it by ``take(byteCount:)`` and ``finish()``.
public struct Passage: Sendable {
  /// What follows a head.
  ///
  /// There will be no other cases: each asks something else of an adapter.
  public enum Content: Sendable, Hashable {
    /// Nothing; what is written all the same has to be dropped.
    case none
    /// What isn't HTTP any more, behind a switch of protocols or in a tunnel.
    case tunnel
    /// This many bytes, and no others.
    case counted(Int)
    /// Any number of bytes.
    case open
  }

  /// The head as it goes out, and how its message is framed.
  public let head: ResponseOutput.Head
  /// Whether the connection closes after the last byte of this response.
  public let closesConnection: Bool
  /// What is still to follow.
  public private(set) var content: Content

  init(head: ResponseOutput.Head, closesConnection: Bool, isTunnel: Bool = false) {
    self.head = head
    self.closesConnection = closesConnection
    self.content = isTunnel ? .tunnel : Content(head.framing)
  }

  /// Counts content that is about to be sent.
  ///
  /// - Parameter byteCount: Its length in bytes.
  /// - Throws: ``ResponseError/Code/declaredLengthExceeded``: it must not be sent, and the message is to
  ///   be broken off.
  public mutating func take(byteCount: Int) throws(ResponseError) {
    try content.take(byteCount: byteCount)
  }

  /// Sees that the content is whole.
  ///
  /// - Throws: ``ResponseError/Code/declaredLengthNotReached``: the message must not be ended, and is to
  ///   be broken off.
  public func finish() throws(ResponseError) {
    try content.finish()
  }
}

extension Passage.Content {
  /// What follows a response's head.
  package init(
    status: HTTPResponse.Status, answering method: HTTPRequest.Method, framing: MessageFraming
  ) {
    self = status.beginsTunnel(answering: method) ? .tunnel : Self(framing)
  }

  /// What follows a head that is framed so and begins no tunnel.
  init(_ framing: MessageFraming) {
    self =
      switch framing.kind {
      case .noContent: .none
      case .contentLength(let byteCount): .counted(byteCount)
      case .chunked, .endOfStream, .connectionClose: .open
      }
  }

  /// Counts content that is about to be sent: see ``Passage/take(byteCount:)``.
  package mutating func take(byteCount: Int) throws(ResponseError) {
    guard case .counted(let rest) = self else { return }
    guard byteCount <= rest else {
      throw ResponseError(
        code: .declaredLengthExceeded,
        message: "\(byteCount) bytes where \(rest) are still declared")
    }
    self = .counted(rest - byteCount)
  }

  /// Sees that the content is whole: see ``Passage/finish()``.
  package func finish() throws(ResponseError) {
    guard case .counted(let rest) = self, rest > 0 else { return }
    throw ResponseError(
      code: .declaredLengthNotReached, message: "the end where \(rest) bytes are still declared")
  }
}
