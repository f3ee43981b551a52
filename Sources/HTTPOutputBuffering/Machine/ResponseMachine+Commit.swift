import HTTPContentCoding
import HTTPTypes

extension ResponseMachine {
  /// Whether content can follow the head as it is now, or is only described by it (HEAD).
  var allowsContent: Bool { head.status.allowsContent(answering: request.method) }

  /// Begins to commit with all of the body in hand: coded if that makes it smaller, with an exact length.
  ///
  /// A body that has to be coded is in ``wholeCoding`` afterwards, and the response still open. One that is
  /// too long for that is coded as a stream; to HTTP/1.0, which has none, it goes as it is.
  ///
  /// - Throws: ``ResponseError/Code/declaredLengthExceeded``,
  ///   ``ResponseError/Code/declaredLengthNotReached`` or ``ResponseError/Code/invalidStatus``, with nothing
  ///   changed.
  mutating func beginWhole() throws(ResponseError) {
    try requireFinalStatus()
    if !allowsContent { discardCollected() }
    let declared = head.headerFields.declaredContentLength
    var decision = decide(wholeSize(declared: declared))
    if decision.isRefused { return refuse(decision) }
    if let declared, declared != collected.count, !isDescribedOnly, allowsContent {
      throw lengthMismatch(written: collected.count, declared: declared)
    }
    if isDescribedOnly {
      decision = decision.describing(declared ?? 0, streamedBeyond: streamedAsIdentityLimit)
    }
    if decision.coding != nil, collected.count > settings.wholeByteLimit {
      guard request.version == .http1_0 else { return try commitPrefix(adding: 0) }
      decision = decision.fallingBackToIdentity(because: .httpVersion)
    }
    if let coding = decision.coding, !collected.isEmpty {
      if beginCodingWhole(coding, &decision) { return }
    }
    commitWhole(decision, coded: nil)
  }

  /// A handler may answer HEAD without writing what GET would have.
  private var isDescribedOnly: Bool { request.method == .head && collected.isEmpty }

  /// A body that is longer is never coded, in bytes; nil where coding knows no such limit: HTTP/1.0 has no
  /// coded streams.
  var streamedAsIdentityLimit: Int? { request.version == .http1_0 ? settings.wholeByteLimit : nil }

  /// Commits with all of the body in hand.
  ///
  /// - Parameters:
  ///   - decision: What was decided.
  ///   - coded: The coded body; nil where identity goes out, or nothing.
  mutating func commitWhole(_ decision: ContentCodingDecision, coded: ContiguousArray<UInt8>?) {
    let declared = head.headerFields.declaredContentLength
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
    let declared = head.headerFields.declaredContentLength
    if let declared, allowsContent {
      let known = max(collected.count + byteCount, expectedByteCount ?? 0)
      if known > declared || expectedByteCount ?? declared != declared {
        throw lengthMismatch(written: known, declared: declared)
      }
    }
    if let coding = decision.coding, allowsContent, request.method != .head {
      leaseEncoder(for: coding, decision: &decision)
    }
    commit(decision, contentLength: decision.coding == nil ? declared : nil, promised: declared)
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
    if request.method == .head, declared == nil, known == 0 {
      return decision.withoutContentToDescribe
    }
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
  ///
  /// - Parameters:
  ///   - decision: The coding, and why.
  ///   - contentLength: The length of the content as it goes out, in bytes, where it is known.
  ///   - declared: The length that the content has before coding, in bytes, where more of it is to come.
  mutating func commit(
    _ decision: ContentCodingDecision, contentLength: Int?, promised declared: Int? = nil
  ) {
    if request.version != .http2, head.headerFields.asksToClose { closesConnection = true }
    head.headerFields.removeFramingFields(version: request.version)
    var decision = decision
    let held = heldTag(decision)
    if let held, head.status == .notModified { decision.selectedCoding = held.coding }
    head.apply(decision)
    if let held { head.headerFields[.eTag] = held.tag }
    // A tunnel isn't content either.
    if !allowsContent { head.headerFields[.contentEncoding] = nil }
    let hasTrailers = trailers?.isEmpty == false
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
      promisedByteCount = declared ?? expectedByteCount
    }
    state = .committed(framing)
    if isOver { output.end = .complete(trailers: nil) }
  }

  /// The tag that the client has, for a response that says so by its status, or that it has another
  /// (RFC 9110 §15.4.5, §15.5.13).
  private func heldTag(
    _ decision: ContentCodingDecision
  ) -> (tag: String, coding: ContentCoding?)? {
    guard !request.ifNoneMatch.isEmpty, decision.coding == nil,
      head.status == .notModified || head.status == .preconditionFailed,
      let entityTag = head.headerFields[.eTag]
    else { return nil }
    return RequestConditions(offering: settings.codings.map(\.coding))
      .heldTag(of: entityTag, in: request.ifNoneMatch, selecting: decision.selectedCoding)
  }

  /// Whether this is a response to HEAD of which nothing tells what content GET would have: an adapter that
  /// is still to be given that content writes it, and the machine describes it; where none comes, nothing
  /// is claimed.
  package var describesUnknownContent: Bool {
    isOpen && request.method == .head && allowsContent && collected.isEmpty
      && head.headerFields.declaredContentLength == nil
  }

  func lengthMismatch(written: Int, declared: Int) -> ResponseError {
    ResponseError(
      code: written > declared ? .declaredLengthExceeded : .declaredLengthNotReached,
      message: "\(written) bytes written, Content-Length declares \(declared)")
  }
}

extension ContentCodingDecision {
  /// The decision about a response to HEAD whose content isn't known: a coding isn't claimed.
  var withoutContentToDescribe: ContentCodingDecision {
    coding == nil ? self : fallingBackToIdentity(because: .contentUnknown)
  }

  /// The decision about a response to HEAD of whose content no more than the length is known, as GET has it.
  ///
  /// - Parameters:
  ///   - byteCount: The length in bytes; nil where that isn't known either.
  ///   - limit: The length beyond which GET isn't coded; nil for none.
  /// - Returns: The decision.
  func describing(_ byteCount: Int?, streamedBeyond limit: Int?) -> ContentCodingDecision {
    guard let byteCount else { return withoutContentToDescribe }
    guard coding != nil, let limit, byteCount > limit else { return self }
    return fallingBackToIdentity(because: .httpVersion)
  }
}
