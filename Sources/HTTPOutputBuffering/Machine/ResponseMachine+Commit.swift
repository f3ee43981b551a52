import HTTPContentCoding
import HTTPTypes

extension ResponseMachine {
  /// Whether content can follow the head as it is now, or is only described by it (HEAD).
  var allowsContent: Bool { head.status.allowsContent(answering: request.method) }

  /// Begins to commit with all of the body in hand: coded if that makes it smaller, with an exact length.
  ///
  /// A body that has to be coded is in ``wholeCoding`` afterwards, and the response still open. One that is
  /// too long for that is coded as a stream; to HTTP/1.0, which has none, it goes as it is.
  mutating func beginWhole() throws(ResponseError) {
    try requireFinalStatus()
    if !allowsContent { discardCollected() }
    let declared = head.headerFields.declaredContentLength
    var decision = decide(wholeSize(declared: declared))
    if decision.isRefused { return refuse(decision) }
    if decision.coding != nil, collected.count > wholeByteLimit {
      guard request.version == .http1_0 else { return try commitPrefix(adding: 0) }
      decision = decision.fallingBackToIdentity(because: .httpVersion)
    }
    if let coding = decision.coding, !collected.isEmpty {
      if beginCodingWhole(coding, &decision) { return }
    }
    try commitWhole(decision, coded: nil)
  }

  /// Commits with all of the body in hand.
  ///
  /// - Parameters:
  ///   - decision: What was decided.
  ///   - coded: The coded body; nil where identity goes out, or nothing.
  /// - Throws: ``ResponseError/Code/declaredLengthExceeded`` or
  ///   ``ResponseError/Code/declaredLengthNotReached`` of identity that isn't as long as declared.
  mutating func commitWhole(
    _ decision: ContentCodingDecision, coded: ContiguousArray<UInt8>?
  ) throws(ResponseError) {
    let declared = head.headerFields.declaredContentLength
    // A handler may answer HEAD without writing what GET would have.
    let isDescribedOnly = request.method == .head && collected.isEmpty
    if decision.coding == nil, let declared, declared != collected.count, !isDescribedOnly,
      allowsContent
    {
      throw lengthMismatch(written: collected.count, declared: declared)
    }
    if isDescribedOnly {
      commit(decision, contentLength: decision.coding == nil ? declared : nil)
    } else {
      commit(decision, contentLength: coded?.count ?? collected.count)
    }
    if state == .committed(.noContent) {
      discardCollected()
    } else {
      output.body = coded ?? collected
      collected = []
    }
  }

  /// Commits with a prefix of the body in hand: what follows is not known.
  ///
  /// - Parameter byteCount: Bytes that come next, beyond those collected.
  /// - Throws: ``ResponseError/Code/declaredLengthExceeded``, also of a body that was said to be longer,
  ///   ``ResponseError/Code/declaredLengthNotReached`` of one that was said to be shorter,
  ///   ``ResponseError/Code/invalidStatus`` or ``ResponseError/Code/tooManyFields``, with nothing changed.
  mutating func commitPrefix(adding byteCount: Int) throws(ResponseError) {
    try requireFinalStatus()
    var decision = prefixDecision(adding: byteCount)
    if decision.isRefused { return refuse(decision) }
    if let coding = decision.coding, allowsContent, request.method != .head {
      leaseEncoder(for: coding, decision: &decision)
    }
    let declared = head.headerFields.declaredContentLength
    let length = decision.coding == nil ? declared : nil
    let known = collected.count.addingClamped(byteCount)
    if let length, known > length, allowsContent {
      throw lengthMismatch(written: known, declared: length)
    }
    if let length, let expectedByteCount, length != expectedByteCount, allowsContent {
      throw lengthMismatch(written: expectedByteCount, declared: length)
    }
    commit(decision, contentLength: length)
    if isHeadAll {
      discardCollected()
    } else if encoder == nil {
      // Nothing was sendable before the commit: the storage can be moved.
      output.body = collected
    }
    collected = []
  }

  /// Whether a commit was deferred: see ``defersCommit``.
  var isCommitDue: Bool {
    isOpen && defersCommit && (isFlushRequested || collected.count > collectedByteLimit)
  }

  /// Commits a response whose commit was deferred, and flushes it if that was asked for.
  mutating func commitDeferred() throws(ResponseError) {
    guard isOpen else { return }
    if isFlushRequested { try flush() } else { try commitPrefix(adding: 0) }
  }

  /// Commits an open response whose body is too long to be held, and gives back what was held of it: to be
  /// written anew, in slices, none of which takes long to code.
  ///
  /// - Parameter byteCount: Bytes that come next, beyond those held.
  /// - Returns: What was held; nothing of a response that is committed already.
  /// - Throws: As a commit of a prefix does, with nothing changed.
  package mutating func commitReleasing(
    adding byteCount: Int
  ) throws(ResponseError) -> ContiguousArray<UInt8> {
    guard isOpen else { return [] }
    var held: ContiguousArray<UInt8> = []
    swap(&held, &collected)
    byteCountIn -= held.count
    do throws(ResponseError) {
      try commitPrefix(adding: held.count + byteCount)
    } catch {
      byteCountIn += held.count
      swap(&held, &collected)
      throw error
    }
    return held
  }

  /// Behind an interim head the client waits for a final one (RFC 9110 §15.2); a switch of protocols is
  /// one, and unknown to HTTP/2 (RFC 9113 §8.6).
  func requireFinalStatus() throws(ResponseError) {
    try head.requireSendable()
    guard head.status.kind == .informational,
      head.status != .switchingProtocols || request.version == .http2
    else { return }
    throw ResponseError(
      code: .invalidStatus, message: "\(head.status.code) can't be the status of a final response")
  }

  /// What the commit of a prefix decides, as long as an encoder can be had.
  ///
  /// - Parameter byteCount: Bytes that come next, beyond those collected.
  /// - Returns: The decision.
  func prefixDecision(adding byteCount: Int) -> ContentCodingDecision {
    let known = collected.count.addingClamped(byteCount)
    // A declared length that is exceeded already says less of the size than what is there.
    let declared = head.headerFields.declaredContentLength.map { max($0, known) }
    let decision = decide(declared.map(BodySize.exactly) ?? .atLeast(known))
    guard request.version == .http1_0, decision.coding != nil else { return decision }
    // Coded content of unknown length would be ended by nothing that HTTP/1.0 can tell from a
    // broken connection.
    return decision.fallingBackToIdentity(because: .httpVersion)
  }

  /// The collected bytes have no place in the message.
  mutating func discardCollected() {
    byteCountIn -= collected.count
    discardedByteCount += collected.count
    collected = []
  }

  func decide(_ size: BodySize) -> ContentCodingDecision {
    settings.compression.decision(
      for: head,
      trailers: trailers ?? [:],
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
  /// for it.
  private func wholeSize(declared: Int?) -> BodySize {
    let isDescribed = request.method == .head && collected.isEmpty
    return .exactly(isDescribed ? declared ?? 0 : collected.count)
  }

  /// Answers 406 (RFC 9110 §15.5.7) in place of content that the client has refused in every coding.
  private mutating func refuse(_ decision: ContentCodingDecision) {
    discardCollected()
    trailers = nil
    if request.version != .http2, head.headerFields.asksToClose { closesConnection = true }
    head = HTTPResponse(status: .notAcceptable)
    commit(decision, contentLength: 0)
  }

  /// Fixes the head.
  mutating func commit(_ decision: ContentCodingDecision, contentLength: Int?) {
    if request.version != .http2, head.headerFields.asksToClose { closesConnection = true }
    head.headerFields.removeFramingFields(version: request.version)
    head.apply(decision)
    let hasTrailers = trailers?.withoutFramingFields.isEmpty == false
    let framing = MessageFraming(
      status: head.status, method: request.method, version: request.version,
      contentLength: contentLength, hasTrailers: hasTrailers)
    head.headerFields[.contentLength] = nil
    switch framing {
    case .contentLength(let length):
      head.headerFields[.contentLength] = String(length)
    case .noContent where !head.status.allowsContent:
      head.headerFields[.contentLength] = head.status.lengthWithoutContent.map(String.init)
    case .noContent where allowsContent:
      // HEAD: the length that GET would have, where it is known (RFC 9110 §8.6).
      if let contentLength, !(hasTrailers && request.version == .http1_1) {
        head.headerFields[.contentLength] = String(contentLength)
      }
    case .connectionClose:
      closesConnection = true
    default:
      break
    }
    if closesConnection && request.version != .http2 { head.headerFields.askToClose() }
    if settings.explainsDecision, let name = HTTPField.Name("X-Content-Coding-Decision") {
      head.headerFields[name] = decision.reason.description
    }
    self.decision = decision
    output.head = ResponseOutput.Head(response: head, framing: framing)
    if framing != .noContent && !decision.isRefused {
      promisedByteCount = (decision.coding == nil ? contentLength : nil) ?? expectedByteCount
    }
    state = .committed(framing)
    if isOver { output.end = .complete(trailers: nil) }
  }

  func lengthMismatch(written: Int, declared: Int) -> ResponseError {
    ResponseError(
      code: written > declared ? .declaredLengthExceeded : .declaredLengthNotReached,
      message: "\(written) bytes written, Content-Length declares \(declared)")
  }
}
