import HTTPContentCoding
import HTTPTypes

extension ResponseMachine {
  /// Whether a file of this length commits the response.
  ///
  /// For HEAD no content is sent, so no more of a file is read than is held of a stream.
  package func isCommitted(byPassing byteCount: Int) -> Bool {
    let limit = examined.answersHEAD ? settings.streamedByteLimit : collectedByteLimit
    return isOpen && collected.count.addingClamped(byteCount) > limit
  }

  /// Passes a file on as content if its bytes can be sent unchanged.
  ///
  /// A file that isn't coded and exceeds the limit of held bytes commits an open response. A file
  /// that has no place in the message is discarded and counted, as written bytes are.
  ///
  /// - Parameter file: The file.
  /// - Returns: Whether the file was passed on. If not, nothing has changed, and the caller reads
  ///   and writes the file.
  /// - Throws: As ``write(_:)``.
  package mutating func pass(_ file: some ResponseFile) throws(ResponseError) -> Bool {
    if isOpen {
      guard isCommitted(byPassing: file.byteCount) else { return false }
      let isDropped = examined.answersHEAD || !allowsContent
      guard isDropped || prefixDecision(adding: file.byteCount).coding == nil else { return false }
      try commitPrefix(adding: file.byteCount)
    }
    guard case .committed = state, !isHeadAll else {
      discardedByteCount = discardedByteCount.addingClamped(file.byteCount)
      return true
    }
    guard encoder == nil else { return false }
    try checkDeclaredLength(adding: file.byteCount)
    byteCountIn = byteCountIn.addingClamped(file.byteCount)
    output.file = file
    return true
  }
}
