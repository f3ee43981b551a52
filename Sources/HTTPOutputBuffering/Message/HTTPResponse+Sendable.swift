public import HTTPTypes

extension HTTPFields {
  /// The maximum number of fields in a response's head.
  ///
  /// HTTPTypes traps at the 65,535th field. The difference leaves room for fields that the commit,
  /// the server and other middleware add.
  package static var maximumSendableCount: Int { 65_000 }
}

extension HTTPResponse {
  /// Whether the head can be committed: it leaves room for more fields, and its status has three
  /// digits (RFC 9110 §15).
  ///
  /// Adapters leave other heads unchanged, since the application or a framework made them.
  package var isSendable: Bool {
    headerFields.count <= HTTPFields.maximumSendableCount
      && Status.sendableCodes.contains(status.code)
  }

  /// Creates a head from a framework's response; fails if the head can't be committed.
  ///
  /// HTTPTypes traps on a status above 999 and at the 65,535th field, and a route can answer with
  /// either. Leave such a response to the framework.
  ///
  /// - Parameters:
  ///   - code: The status code.
  ///   - reasonPhrase: The reason phrase (RFC 9112 §4).
  ///   - fields: The fields.
  public init?(
    sendable code: Int, reasonPhrase: String = "", fields: some Sequence<HTTPField>
  ) {
    guard Status.sendableCodes.contains(code) else { return nil }
    var headerFields = HTTPFields()
    for field in fields {
      guard headerFields.count < HTTPFields.maximumSendableCount else { return nil }
      headerFields.append(field)
    }
    self.init(
      status: Status(code: code, reasonPhrase: reasonPhrase), headerFields: headerFields)
  }
}

extension Int {
  /// Throws if a head with this many fields can't be committed.
  func requireSendableFieldCount() throws(ResponseError) {
    guard self <= HTTPFields.maximumSendableCount else {
      throw ResponseError(
        code: .tooManyFields,
        message:
          "the head has \(self) fields, the maximum is \(HTTPFields.maximumSendableCount)")
    }
  }
}

extension HTTPResponse.Status {
  /// The valid status codes; HTTPTypes also accepts smaller ones, and traps on larger ones.
  package static var sendableCodes: ClosedRange<Int> { 100...999 }
}

extension Int {
  /// The sum of two counts, clamped to the largest number.
  package func addingClamped(_ other: Int) -> Int {
    let (sum, isTooLarge) = addingReportingOverflow(other)
    return isTooLarge ? .max : sum
  }
}
