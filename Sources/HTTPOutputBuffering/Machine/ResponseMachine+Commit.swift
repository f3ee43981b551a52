import HTTPContentCoding
import HTTPTypes

extension ResponseMachine {
  /// Whether the current head allows content, or describes it in a response to HEAD.
  var allowsContent: Bool { status.allowsContent(answering: request.method) }

  /// How a complete body is sent.
  package enum WholeBody {
    /// The head is committed, and the body follows unchanged.
    case identity
    /// The head is committed, and the body has no place in the message.
    case none
    /// The caller codes the body with ``codeWhole(_:coding:)``; the response is still open.
    case coded
    /// The head is committed, and the caller writes the body, which is coded as a stream.
    case stream
  }

  /// Begins to commit a complete body: coded if that makes it smaller, with an exact length.
  ///
  /// A body that is too long to code whole is coded as a stream. HTTP/1.0 has no coded streams, so
  /// its clients get such a body unchanged.
  ///
  /// - Parameters:
  ///   - byteCount: The length of the body in bytes, whether or not the machine holds it.
  ///   - padding: The number of bytes of padding to add when the body is coded; nil for none.
  /// - Returns: How the body is sent.
  /// - Throws: ``ResponseError/Code/declaredLengthExceeded``,
  ///   ``ResponseError/Code/declaredLengthNotReached``, ``ResponseError/Code/invalidStatus`` or
  ///   ``ResponseError/Code/tooManyFields``; nothing is changed then.
  package mutating func beginWhole(
    _ byteCount: Int, padding: Int?
  ) throws(ResponseError) -> WholeBody {
    look()
    try requireFinalStatus()
    let declared = facts.declaredByteCount
    // A handler may answer HEAD without writing GET's content; the declared length then describes
    // it.
    let isDescribedOnly = request.method == .head && byteCount == 0
    let size = !allowsContent ? 0 : isDescribedOnly ? declared ?? 0 : byteCount
    var decision = plan.decision(about: .exactly(size))
    if decision.isRefused {
      refuse(decision)
      return .none
    }
    guard allowsContent else {
      commit(decision, contentLength: 0)
      return .none
    }
    if let declared, declared != byteCount, !isDescribedOnly {
      throw .length(of: byteCount, declared: declared)
    }
    if isDescribedOnly {
      decision = decision.describing(declared ?? 0, streamedBeyond: streamedAsIdentityLimit)
      commit(
        decision, contentLength: decision.coding == nil ? declared : nil, plain: declared)
      return .none
    }
    if decision.coding != nil, byteCount > settings.wholeByteLimit {
      guard request.version == .http1_0 else {
        try commitPrefix(adding: byteCount - collected.count, plain: byteCount)
        return isHeadAll ? .none : .stream
      }
      decision = decision.fallingBackToIdentity(because: .httpVersion)
    }
    if let coding = decision.coding, byteCount > 0 {
      if beginCodingWhole(coding, byteCount, padding, &decision) { return .coded }
    }
    commit(decision, contentLength: byteCount)
    return isHeadAll ? .none : .identity
  }

  /// The length in bytes above which a body is never coded; nil for no limit.
  ///
  /// HTTP/1.0 has no coded streams.
  var streamedAsIdentityLimit: Int? { request.version == .http1_0 ? settings.wholeByteLimit : nil }

  /// Commits a prefix of the body; the rest is unknown.
  ///
  /// - Parameters:
  ///   - byteCount: The number of bytes that follow those collected.
  ///   - waits: Whether all of it is sent now, with an unknown wait before the next write.
  ///   - plain: The length of the whole body in bytes, if it is known and not declared.
  /// - Throws: ``ResponseError/Code/declaredLengthExceeded`` or
  ///   ``ResponseError/Code/declaredLengthNotReached``, also if the expected and the declared
  ///   length differ, ``ResponseError/Code/invalidStatus`` or ``ResponseError/Code/tooManyFields``;
  ///   nothing is changed then.
  mutating func commitPrefix(
    adding byteCount: Int, waits: Bool = false, plain: Int? = nil
  ) throws(ResponseError) {
    look()
    try requireFinalStatus()
    var decision = prefixDecision(adding: byteCount, waits: waits)
    if decision.isRefused { return refuse(decision) }
    let declared = facts.declaredByteCount
    if let declared, allowsContent {
      let known = max(collected.count + byteCount, expectedByteCount ?? 0)
      if known > declared || expectedByteCount ?? declared != declared {
        throw .length(of: known, declared: declared)
      }
    }
    if let coding = decision.coding, allowsContent, request.method != .head {
      leaseEncoder(for: coding, decision: &decision)
    }
    commit(
      decision, contentLength: decision.coding == nil ? declared : nil, promised: declared,
      plain: plain)
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

  /// Commits a response whose commit was deferred, and flushes it if a flush was requested.
  mutating func commitDeferred() throws(ResponseError) {
    guard isOpen else { return }
    if isFlushRequested { try flush() } else { try commitPrefix(adding: 0) }
  }

  /// Commits an open response whose body is too long to hold, and returns the bytes held.
  ///
  /// - Parameters:
  ///   - byteCount: The number of bytes that follow those held.
  ///   - isWhole: Whether the body ends with them.
  /// - Returns: The bytes held, which the caller writes again in slices that are quick to code;
  ///   none if the response is already committed.
  /// - Throws: As ``commitPrefix(adding:waits:plain:)``; nothing is changed then.
  package mutating func commitReleasing(
    adding byteCount: Int, isWhole: Bool = false
  ) throws(ResponseError) -> ContiguousArray<UInt8> {
    guard isOpen else { return [] }
    var held: ContiguousArray<UInt8> = []
    swap(&held, &collected)
    byteCountIn -= held.count
    do throws(ResponseError) {
      try commitPrefix(
        adding: held.count + byteCount, plain: isWhole ? held.count + byteCount : nil)
    } catch {
      byteCountIn += held.count
      swap(&held, &collected)
      throw error
    }
    return held
  }

  /// Throws if the head can't be that of a final response.
  ///
  /// After an interim head the client waits for another one (RFC 9110 §15.2). A switch of protocols
  /// is final, but HTTP/2 doesn't have it (RFC 9113 §8.6).
  func requireFinalStatus() throws(ResponseError) {
    guard HTTPResponse.Status.sendableCodes.contains(status.code) else {
      throw ResponseError(
        code: .invalidStatus, message: "\(status.code) isn't a valid status code (100 to 999)")
    }
    try facts.lineCount.requireSendableFieldCount()
    guard status.kind == .informational,
      status != .switchingProtocols || request.version == .http2
    else { return }
    throw ResponseError(
      code: .invalidStatus, message: "\(status.code) can't be the status of a final response")
  }

  /// The decision for a prefix of the body, provided that an encoder is available.
  ///
  /// - Parameters:
  ///   - byteCount: The number of bytes that follow those collected.
  ///   - waits: Whether all of it is sent now, with an unknown wait before the next write.
  /// - Returns: The decision.
  mutating func prefixDecision(
    adding byteCount: Int, waits: Bool = false
  ) -> ContentCodingDecision {
    look()
    let known = collected.count.addingClamped(byteCount)
    // If the bytes exceed the declared length, their number is the better size.
    let declared = facts.declaredByteCount.map { max($0, known) }
    let decision = plan.decision(
      about: declared.map(BodySize.exactly) ?? .atLeast(known), waits: waits)
    if request.method == .head, declared == nil, known == 0 {
      return decision.withoutContentToDescribe
    }
    guard request.version == .http1_0, decision.coding != nil else { return decision }
    // The end of coded content of unknown length would look like a broken connection in HTTP/1.0.
    return decision.fallingBackToIdentity(because: .httpVersion)
  }

  /// Discards the collected bytes, which have no place in the message.
  mutating func discardCollected() {
    byteCountIn -= collected.count
    discardedByteCount += collected.count
    collected = []
  }

  /// Answers 406 (RFC 9110 §15.5.7) instead of content that the client refuses in every coding.
  private mutating func refuse(_ decision: ContentCodingDecision) {
    discardCollected()
    trailers = nil
    noteCloseOption()
    substituteHead(.notAcceptable)
    commit(decision, contentLength: 0)
  }

  /// Fixes the head.
  ///
  /// - Parameters:
  ///   - decision: The coding and the reason for it.
  ///   - contentLength: The length of the content as it is sent, in bytes, if it is known.
  ///   - declared: The length of the content before coding, in bytes, if it is known and more
  ///     content follows.
  ///   - plain: The length of the content before coding, in bytes, if it is known and no more
  ///     content follows.
  mutating func commit(
    _ decision: ContentCodingDecision, contentLength: Int?, promised declared: Int? = nil,
    plain: Int? = nil
  ) {
    noteCloseOption()
    var decision = decision
    let held = heldTag(decision)
    if let held, status == .notModified { decision.selectedCoding = held.coding }
    edits = HeadEdits(decision, for: status, facts)
    edits.removeFramingFields(facts, version: request.version)
    if let held { edits.entityTag = .set(held.tag) }
    // A tunnel has no content either.
    if !allowsContent { edits.contentEncoding = facts.hasContentEncoding ? .remove : .none }
    let hasTrailers = trailers?.isEmpty == false
    let framing = MessageFraming(
      status: status, method: request.method, version: request.version,
      contentLength: contentLength, hasTrailers: hasTrailers)
    edits.setContentLength(sentLength(framing, contentLength, hasTrailers: hasTrailers), facts)
    if framing == .connectionClose { closesConnection = true }
    edits.closesConnection = closesConnection && request.version != .http2
    if settings.explainsDecision { edits.explanation = decision.reason }
    if let name = settings.plainLengthField, decision.coding != nil,
      let byteCount = plain ?? declared ?? expectedByteCount
    {
      edits.plainLength = .init(name: name, byteCount: byteCount)
    }
    edit()
    self.decision = decision
    output.head = ResponseOutput.Head(response: head, framing: framing)
    if framing != .noContent && !decision.isRefused {
      promisedByteCount = declared ?? expectedByteCount
    }
    state = .committed(framing)
    if isOver { output.end = .complete(trailers: nil) }
  }

  /// Closes the connection at the end if the application has set `Connection: close`.
  private mutating func noteCloseOption() {
    if request.version != .http2, facts.marks.contains(.asksToClose) { closesConnection = true }
  }

  /// The `Content-Length` that is sent, in bytes.
  private func sentLength(
    _ framing: MessageFraming, _ contentLength: Int?, hasTrailers: Bool
  ) -> Int? {
    switch framing.kind {
    case .contentLength(let length): length
    case .noContent where !status.allowsContent: status.lengthWithoutContent
    // In a response to HEAD, the length that GET would have, if it is known (RFC 9110 §8.6).
    case .noContent where allowsContent:
      hasTrailers && request.version == .http1_1 ? nil : contentLength
    default: nil
    }
  }

  /// The client's own entity tag, for a 304 or 412 response that refers to it (RFC 9110 §15.4.5,
  /// §15.5.13).
  private func heldTag(
    _ decision: ContentCodingDecision
  ) -> (tag: String, coding: ContentCoding?)? {
    guard !request.ifNoneMatch.isEmpty, decision.coding == nil,
      status == .notModified || status == .preconditionFailed,
      let entityTag = facts.entityTag
    else { return nil }
    return RequestConditions(offering: settings.offered)
      .heldTag(of: entityTag, in: request.ifNoneMatch, selecting: decision.selectedCoding)
  }

  /// Whether this is a response to HEAD for which the length of GET's content is unknown.
  package var describesUnknownContent: Bool {
    mutating get {
      guard isOpen, request.method == .head, allowsContent, collected.isEmpty else { return false }
      look()
      return facts.declaredByteCount == nil
    }
  }
}

extension ContentCodingDecision {
  /// The decision about a response to HEAD whose content is unknown, which claims no coding.
  var withoutContentToDescribe: ContentCodingDecision {
    coding == nil ? self : fallingBackToIdentity(because: .contentUnknown)
  }

  /// The decision about a response to HEAD if only the length of GET's content is known.
  ///
  /// - Parameters:
  ///   - byteCount: The length in bytes; nil if it is unknown.
  ///   - limit: The length in bytes above which GET's content isn't coded; nil for no limit.
  /// - Returns: The decision.
  func describing(_ byteCount: Int?, streamedBeyond limit: Int?) -> ContentCodingDecision {
    guard let byteCount else { return withoutContentToDescribe }
    guard coding != nil, let limit, byteCount > limit else { return self }
    return fallingBackToIdentity(because: .httpVersion)
  }
}
