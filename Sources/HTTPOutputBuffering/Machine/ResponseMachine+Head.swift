public import HTTPContentCoding
public import HTTPTypes

extension ResponseMachine {
  /// Changes the head.
  ///
  /// - Parameter change: A closure that changes status and fields in place.
  /// - Throws: ``ResponseError/Code/committed`` once the head is sent, ``ResponseError/Code/ended``
  ///   after the end; nothing is changed then.
  public mutating func updateHead(
    _ change: (inout HTTPResponse) -> Void
  ) throws(ResponseError) {
    try requireOpen("the head can't be changed")
    change(&head)
  }

  /// Sets the trailer fields, which follow the content (RFC 9110 §6.5).
  ///
  /// In HTTP/1.1 they make the message chunked even if its length is known; HTTP/1.0 clients don't
  /// receive them.
  ///
  /// - Parameter fields: The trailer fields; nil for none.
  /// - Throws: Nothing is changed then.
  ///   - ``ResponseError/Code/committed`` if the framing is fixed and has no room for trailers.
  ///   - ``ResponseError/Code/ended`` after the end.
  ///   - ``ResponseError/Code/forbiddenTrailer`` for a field that recipients need before the
  ///     content, such as one of framing, routing, authentication, control or content format (RFC
  ///     9110 §6.5.1).
  public mutating func setTrailers(_ fields: HTTPFields?) throws(ResponseError) {
    switch state {
    case .open:
      try requireAllowed(fields)
      trailers = fields
    case .committed where carriesTrailers:
      try requireAllowed(fields)
      trailers = fields
    case .committed(let framing):
      throw ResponseError(
        code: .committed, message: "the message is framed as \(framing), which has no trailers")
    case .finished, .aborted:
      throw ResponseError(code: .ended, message: "trailers can't be set after the end")
    }
  }

  private func requireAllowed(_ trailers: HTTPFields?) throws(ResponseError) {
    guard let name = trailers?.forbiddenTrailer else { return }
    throw ResponseError(
      code: .forbiddenTrailer, message: "\(name.rawName) can't be a trailer field")
  }

  /// Sets the allowed trailer fields, and records the names of the others; has no effect if there
  /// are none, or if the framing has no room for them.
  mutating func adoptTrailers(_ fields: HTTPFields?) {
    guard let fields, isOpen || carriesTrailers else { return }
    guard fields.forbiddenTrailer != nil else { return trailers = fields }
    (trailers, droppedTrailers) = fields.splitTrailers
  }

  /// Sets this response's mode of content coding.
  ///
  /// - Parameter mode: The mode; nil for the mode of its route or, failing that, of the policy.
  /// - Throws: ``ResponseError/Code/committed`` once the coding is fixed,
  ///   ``ResponseError/Code/ended`` after the end.
  public mutating func setCompressionMode(_ mode: CompressionMode?) throws(ResponseError) {
    try requireOpen("the coding can't be changed")
    compressionMode = mode
  }

  /// Adds an interim response, such as 103 Early Hints (RFC 9110 §15.2, RFC 8297).
  ///
  /// It is never coded and doesn't affect the final head. HTTP/1.0 clients don't receive it.
  ///
  /// - Parameter response: A head with a status of 100 to 199, other than 101.
  /// - Throws: ``ResponseError/Code/invalidStatus`` for another status,
  ///   ``ResponseError/Code/committed`` once the final head is sent, ``ResponseError/Code/ended``
  ///   after the end.
  public mutating func sendInformational(_ response: HTTPResponse) throws(ResponseError) {
    guard response.status.kind == .informational, response.status != .switchingProtocols else {
      throw ResponseError(
        code: .invalidStatus, message: "\(response.status.code) is not an interim response")
    }
    try requireOpen("an interim response can't be sent")
    guard request.version.hasInterimResponses else { return }
    output.informational.append(response.interim(version: request.version))
  }

  /// Closes the connection after the last byte of this response.
  ///
  /// HTTP/1.1 clients are told by `Connection: close` if the call precedes the commit (RFC 9112
  /// §9.6). HTTP/2 has no such field; the adapter decides what closing means there. An application
  /// that sets the field itself requests the same.
  public mutating func closeConnectionAtEnd() {
    closesConnection = true
  }

  /// Discards the body and all changes to the head.
  ///
  /// - Throws: ``ResponseError/Code/committed`` once the head is sent, ``ResponseError/Code/ended``
  ///   after the end; nothing is changed then.
  public mutating func reset() throws(ResponseError) {
    try requireOpen("a response can't be reset")
    head = initialHead
    trailers = nil
    droppedTrailers = []
    compressionMode = nil
    closesConnection = request.closesConnection
    byteCountIn -= collected.count
    collected.removeAll(keepingCapacity: true)
    isFlushRequested = false
  }

  /// Ensures that the response is open.
  ///
  /// - Parameter clause: What isn't possible otherwise, such as `the head can't be changed`.
  /// - Throws: ``ResponseError/Code/committed`` or ``ResponseError/Code/ended``.
  func requireOpen(_ clause: String) throws(ResponseError) {
    switch state {
    case .open: return
    case .committed:
      throw ResponseError(code: .committed, message: "\(clause) after the head was sent")
    case .finished, .aborted:
      throw ResponseError(code: .ended, message: "\(clause) after the end")
    }
  }
}

extension HTTPResponse {
  /// The head of an interim response, without content fields, since it has no content (RFC 9110
  /// §15.2).
  ///
  /// - Parameter version: The version of HTTP the client speaks.
  /// - Returns: The head to send.
  func interim(version: HTTPProtocolVersion) -> HTTPResponse {
    var interim = self
    let facts = HeadFacts(headerFields)
    interim.headerFields.apply(.interim(facts, version: version), facts)
    return interim
  }
}
