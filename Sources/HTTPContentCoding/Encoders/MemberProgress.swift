/// An encoder's position in a member, for the laws of ``ContentEncoder`` that all codings share.
package enum MemberProgress: Sendable {
  /// Nothing has been encoded or written.
  case new
  /// A decoder may lack bytes that have been encoded.
  case pending
  /// A decoder has every byte that has been encoded.
  case synchronized
  /// The member has ended.
  case finished
  /// An error has ended the member early.
  case failed

  /// Whether a call has work to do (law 3).
  ///
  /// - Parameters:
  ///   - isEmpty: Whether the call has no bytes.
  ///   - flush: How much of the output must be appended.
  ///   - coding: The encoder's coding, for the message.
  /// - Returns: False if the call must append nothing.
  /// - Throws: ``ContentEncoderError/Code-swift.struct/invalidState`` after the end of the member
  ///   or after an error (laws 5 and 6).
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

  /// Records a completed call.
  package mutating func advance(_ flush: EncoderFlush) {
    switch flush {
    case .none: self = .pending
    case .sync: self = .synchronized
    case .finish: self = .finished
    }
  }
}
