import HTTPContentCoding
import HTTPTypes

extension ResponseMachine {
  /// Commits with all of the body in hand: coded if that makes it smaller, with an exact length.
  mutating func commitWhole() throws(ResponseError) {
    let declared = head.headerFields.declaredContentLength
    var decision = decide(.exactly(wholeByteCount(declared: declared)))
    if decision.isRefused { return refuse(decision) }
    var content = takeCollected()
    var coded: ContiguousArray<UInt8>?
    if let coding = decision.coding, !content.isEmpty {
      coded = encodeWhole(content.span, coding: coding, decision: &decision)
    }
    if decision.coding == nil, let declared, !content.isEmpty || request.method != .head,
      declared != content.count, head.status.allowsContent
    {
      let error = lengthMismatch(written: content.count, declared: declared)
      collected = content
      throw error
    }
    let length: Int?
    if request.method == .head && content.isEmpty {
      length = decision.coding == nil ? declared : nil
    } else {
      length = coded?.count ?? content.count
    }
    if let coded { content = coded }
    commit(decision, contentLength: length)
    if state != .committed(.noContent) { output.body = content }
  }

  /// The collected bytes, unless the status that was set since has no place for them.
  private mutating func takeCollected() -> ContiguousArray<UInt8> {
    var content: ContiguousArray<UInt8> = []
    swap(&content, &collected)
    if head.status.allowsContent { return content }
    discardedByteCount += content.count
    return []
  }

  /// Commits with a prefix of the body in hand: what follows is not known.
  ///
  /// - Parameter byteCount: Bytes that come next, beyond those collected.
  mutating func commitPrefix(adding byteCount: Int) throws(ResponseError) {
    let declared = head.headerFields.declaredContentLength
    let size = declared.map(BodySize.exactly) ?? .atLeast(collected.count + byteCount)
    var decision = decide(size)
    if decision.isRefused { return refuse(decision) }
    if request.version == .http1_0, decision.coding != nil {
      // Coded content of unknown length would be ended by nothing that HTTP/1.0 can tell from a
      // broken connection.
      decision = decision.fallingBackToIdentity(because: .httpVersion)
    }
    if let coding = decision.coding, head.status.allowsContent, request.method != .head {
      leaseEncoder(for: coding, decision: &decision)
    }
    let length = decision.coding == nil ? declared : nil
    if let length, collected.count + byteCount > length, head.status.allowsContent {
      encoder = nil
      throw lengthMismatch(written: collected.count + byteCount, declared: length)
    }
    commit(decision, contentLength: length)
    let content = takeCollected()
    if state == .committed(.noContent) {
      discardedByteCount += content.count
    } else if encoder == nil && output.body.isEmpty {
      output.body = content
    } else {
      try encode(content.span, flush: .none)
    }
  }

  func decide(_ size: BodySize) -> ContentCodingDecision {
    settings.compression.decision(
      for: head,
      requestMethod: request.method,
      acceptEncoding: request.acceptEncoding,
      offering: settings.codings.map(\.coding),
      mode: compressionMode,
      body: size
    )
  }

  /// The size that decides about a body that is whole.
  ///
  /// A handler may answer HEAD without writing what GET would have: then the declared length speaks
  /// for it, and without one the body counts as one of unknown length.
  private func wholeByteCount(declared: Int?) -> Int {
    guard request.method == .head, collected.isEmpty else { return collected.count }
    return declared ?? settings.compression.minimumByteCount
  }

  /// Answers 406 (RFC 9110 §15.5.7) in place of content that the client has refused in every coding.
  private mutating func refuse(_ decision: ContentCodingDecision) {
    discardedByteCount += collected.count
    byteCountIn = 0
    collected = []
    trailers = nil
    head = HTTPResponse(status: .notAcceptable)
    commit(decision, contentLength: 0)
  }

  /// Fixes the head.
  mutating func commit(_ decision: ContentCodingDecision, contentLength: Int?) {
    head.headerFields.removeFramingFields(version: request.version)
    head.apply(decision)
    let hasTrailers = trailers != nil
    let framing = MessageFraming(
      status: head.status, method: request.method, version: request.version,
      contentLength: contentLength, hasTrailers: hasTrailers)
    head.headerFields[.contentLength] = nil
    switch framing {
    case .contentLength(let length):
      head.headerFields[.contentLength] = String(length)
    case .noContent where head.status == .resetContent:
      // To a client a 205 is a message like any other (RFC 9110 §15.3.6, RFC 9112 §6.3).
      head.headerFields[.contentLength] = "0"
    case .noContent where head.status.allowsContent:
      // HEAD: the length that GET would have, where it is known (RFC 9110 §8.6).
      if let contentLength, !(hasTrailers && request.version == .http1_1) {
        head.headerFields[.contentLength] = String(contentLength)
      }
    case .connectionClose:
      closesConnection = true
    default:
      break
    }
    if closesConnection && request.version != .http2 {
      head.headerFields[.connection] = "close"
    }
    if settings.explainsDecision, let name = HTTPField.Name("X-Content-Coding-Decision") {
      head.headerFields[name] = decision.reason.description
    }
    self.decision = decision
    output.head = ResponseOutput.Head(response: head, framing: framing)
    state = .committed(framing)
  }

  func lengthMismatch(written: Int, declared: Int) -> ResponseError {
    ResponseError(
      code: written > declared ? .declaredLengthExceeded : .declaredLengthNotReached,
      message: "\(written) bytes written, Content-Length declares \(declared)")
  }
}
