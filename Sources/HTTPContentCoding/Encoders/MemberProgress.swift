/// Where in a member an encoder is: what the laws of ``ContentEncoder`` ask of every coding alike.
package enum MemberProgress: Sendable {
  /// Nothing has been encoded, and nothing written.
  case new
  /// Bytes have been encoded that a decoder may not have.
  case pending
  /// A decoder has every byte that has been encoded.
  case synchronized
  /// The member has ended.
  case finished
  /// An error has broken the member off.
  case failed

  /// Whether a call has anything to do (law 3).
  ///
  /// - Parameters:
  ///   - isEmpty: Whether the call has no bytes.
  ///   - flush: How much has to come out.
  ///   - coding: The encoder's coding, for the message.
  /// - Returns: False for a call that is to append nothing.
  /// - Throws: ``ContentEncoderError/Code-swift.struct/invalidState`` after the end, or an error (laws 5 and 6).
  package func needsCall(
    isEmpty: Bool, _ flush: EncoderFlush, _ coding: ContentCoding
  ) throws(ContentEncoderError) -> Bool {
    switch self {
    case .new, .synchronized:
      return !isEmpty || flush == .finish
    case .pending:
      return true
    case .finished:
      throw ContentEncoderError(
        code: .invalidState, message: "encode(_:flush:into:) after the end of a \(coding) member")
    case .failed:
      throw ContentEncoderError(
        code: .invalidState, message: "encode(_:flush:into:) after an error in a \(coding) member")
    }
  }

  /// Notes that a call has been done.
  package mutating func advance(_ flush: EncoderFlush) {
    switch flush {
    case .none: self = .pending
    case .sync: self = .synchronized
    case .finish: self = .finished
    }
  }
}
