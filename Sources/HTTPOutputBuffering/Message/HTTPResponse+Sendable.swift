package import HTTPTypes

extension HTTPFields {
  /// How many fields the head of a response may have.
  ///
  /// HTTPTypes ends the process at the 65,535th. The rest is room for what the commit, the server and other
  /// middleware add.
  package static var maximumSendableCount: Int { 65_000 }
}

extension HTTPResponse {
  /// Whether the head can be committed: HTTPTypes can hold it beside what the commit adds, and the status has
  /// three digits (RFC 9110 §15).
  ///
  /// A head that can't be is the application's or a framework's to answer for: adapters leave it alone.
  package var isSendable: Bool {
    headerFields.count <= HTTPFields.maximumSendableCount
      && Status.sendableCodes.contains(status.code)
  }
}

extension HTTPResponse {
  /// Throws if the head has too many fields to be committed.
  func requireSendableCount() throws(ResponseError) {
    try headerFields.count.requireSendableFieldCount()
  }
}

extension Int {
  /// Throws if this is too many fields for a head that is to be committed.
  func requireSendableFieldCount() throws(ResponseError) {
    guard self <= HTTPFields.maximumSendableCount else {
      throw ResponseError(
        code: .tooManyFields,
        message: "\(self) fields, at most \(HTTPFields.maximumSendableCount)")
    }
  }
}

extension HTTPResponse.Status {
  /// The codes that a response may have; HTTPTypes has those below as well, and ends the process at those above.
  package static var sendableCodes: ClosedRange<Int> { 100...999 }
}

extension Int {
  /// The sum of two counts, or the largest number where that is more.
  package func addingClamped(_ other: Int) -> Int {
    let (sum, isTooLarge) = addingReportingOverflow(other)
    return isTooLarge ? .max : sum
  }
}
