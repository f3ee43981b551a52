import HTTPContentCoding
import HTTPTypes

extension ResponseMachine {
  /// Whether a file of this length commits the response.
  ///
  /// One that no client gets isn't read to be described any further than a stream is held.
  package func isCommitted(byPassing byteCount: Int) -> Bool {
    let limit = request.method == .head ? settings.streamedByteLimit : collectedByteLimit
    return isOpen && collected.count.addingClamped(byteCount) > limit
  }

  /// Makes a file content of the message where nobody has to read it: its bytes go out as they are.
  ///
  /// A file that isn't coded and longer than what is held commits an open response. One that has no
  /// place in the message is discarded and counted, as written bytes are.
  ///
  /// - Parameter file: The file.
  /// - Returns: Whether that is done; where it isn't, the file has to be read and written, and nothing has
  ///   been changed.
  /// - Throws: As ``write(_:)``.
  package mutating func pass(_ file: some ResponseFile) throws(ResponseError) -> Bool {
    if isOpen {
      guard isCommitted(byPassing: file.byteCount) else { return false }
      let isDropped = request.method == .head || !allowsContent
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
