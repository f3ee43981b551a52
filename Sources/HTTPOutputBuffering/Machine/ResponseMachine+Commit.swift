import HTTPContentCoding
import HTTPTypes

extension ResponseMachine {
  /// Whether content can follow the head as it is now, or is only described by it (HEAD).
  var allowsContent: Bool { status.allowsContent(answering: request.method) }

  /// What becomes of a body that is whole.
  package enum WholeBody {
    /// The head is committed, and the body follows as it is.
    case identity
    /// The head is committed, and the body has no place in the message.
    case none
    /// It is to be coded by ``codeWhole(_:coding:)``; the response is still open.
    case coded
    /// The head is committed, and the body is coded as a stream: it is to be written.
    case stream
  }

  /// Begins to commit with all of the body in hand: coded if that makes it smaller, with an exact length.
  ///
  /// One that is too long for that is coded as a stream; to HTTP/1.0, which has none, it goes as it is.
  ///
  /// - Parameters:
  ///   - byteCount: The length of the body in bytes, wherever it is kept.
  ///   - padding: How much longer it is to become when it is coded, in bytes; nil for nothing.
  /// - Returns: What becomes of the body.
  /// - Throws: ``ResponseError/Code/declaredLengthExceeded``,
  ///   ``ResponseError/Code/declaredLengthNotReached`` or ``ResponseError/Code/invalidStatus``, with nothing
  ///   changed.
  package mutating func beginWhole(
    _ byteCount: Int, padding: Int?
  ) throws(ResponseError) -> WholeBody {
    look()
    try requireFinalStatus()
    let declared = facts.declaredByteCount
    // A handler may answer HEAD without writing what GET would have: then the declared length speaks for it.
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
      throw lengthMismatch(written: byteCount, declared: declared)
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

  /// A body that is longer is never coded, in bytes; nil where coding knows no such limit: HTTP/1.0 has no
  /// coded streams.
  var streamedAsIdentityLimit: Int? { request.version == .http1_0 ? settings.wholeByteLimit : nil }

  /// Commits with a prefix of the body in hand: what follows is not known.
  ///
  /// - Parameters:
  ///   - byteCount: Bytes that come next, beyond those collected.
  ///   - waits: Whether all of it is sent now, and nobody knows when more comes.
  ///   - plain: The length of all of the body, where that is known and not declared.
  /// - Throws: ``ResponseError/Code/declaredLengthExceeded``, also of a body that was said to be longer,
  ///   ``ResponseError/Code/declaredLengthNotReached`` of one that was said to be shorter,
  ///   ``ResponseError/Code/invalidStatus`` or ``ResponseError/Code/tooManyFields``, with nothing changed.
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
        throw lengthMismatch(written: known, declared: declared)
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

  /// Commits a response whose commit was deferred, and flushes it if that was asked for.
  mutating func commitDeferred() throws(ResponseError) {
    guard isOpen else { return }
    if isFlushRequested { try flush() } else { try commitPrefix(adding: 0) }
  }

  /// Commits an open response whose body is too long to be held, and gives back what was held of it: to be
  /// written anew, in slices, none of which takes long to code.
  ///
  /// - Parameters:
  ///   - byteCount: Bytes that come next, beyond those held.
  ///   - isWhole: Whether that is all of the body.
  /// - Returns: What was held; nothing of a response that is committed already.
  /// - Throws: As a commit of a prefix does, with nothing changed.
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

  /// Behind an interim head the client waits for a final one (RFC 9110 §15.2); a switch of protocols is
  /// one, and unknown to HTTP/2 (RFC 9113 §8.6).
  func requireFinalStatus() throws(ResponseError) {
    guard HTTPResponse.Status.sendableCodes.contains(status.code) else {
      throw ResponseError(code: .invalidStatus, message: "\(status.code) is no status")
    }
    try facts.lineCount.requireSendableFieldCount()
    guard status.kind == .informational,
      status != .switchingProtocols || request.version == .http2
    else { return }
    throw ResponseError(
      code: .invalidStatus, message: "\(status.code) can't be the status of a final response")
  }

  /// What the commit of a prefix decides, as long as an encoder can be had.
  ///
  /// - Parameters:
  ///   - byteCount: Bytes that come next, beyond those collected.
  ///   - waits: Whether all of it is sent now, and nobody knows when more comes.
  /// - Returns: The decision.
  mutating func prefixDecision(
    adding byteCount: Int, waits: Bool = false
  ) -> ContentCodingDecision {
    look()
    let known = collected.count.addingClamped(byteCount)
    // A declared length that is exceeded already says less of the size than what is there.
    let declared = facts.declaredByteCount.map { max($0, known) }
    let decision = plan.decision(
      about: declared.map(BodySize.exactly) ?? .atLeast(known), waits: waits)
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

  /// Answers 406 (RFC 9110 §15.5.7) in place of content that the client has refused in every coding.
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
  ///   - decision: The coding, and why.
  ///   - contentLength: The length of the content as it goes out, in bytes, where it is known.
  ///   - declared: The length that the content has before coding, in bytes, where more of it is to come.
  ///   - plain: That length where it is known and nothing more is to come.
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
    // A tunnel isn't content either.
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

  /// An application that sets `Connection: close` has asked for what it says.
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
    // HEAD: the length that GET would have, where it is known (RFC 9110 §8.6).
    case .noContent where allowsContent:
      hasTrailers && request.version == .http1_1 ? nil : contentLength
    default: nil
    }
  }

  /// The tag that the client has, for a response that says so by its status, or that it has another
  /// (RFC 9110 §15.4.5, §15.5.13).
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

  /// Whether this is a response to HEAD of which nothing tells what content GET would have: an adapter that
  /// is still to be given that content writes it, and the machine describes it; where none comes, nothing
  /// is claimed.
  package var describesUnknownContent: Bool {
    mutating get {
      guard isOpen, request.method == .head, allowsContent, collected.isEmpty else { return false }
      look()
      return facts.declaredByteCount == nil
    }
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
