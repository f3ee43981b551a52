import HTTPContentCoding
import HTTPTypes

extension ResponseMachine {
  /// Whether the current head allows content, or describes it in a response to HEAD.
  var allowsContent: Bool { examined.allowsContent }

  /// How a complete body is sent.
  package enum WholeBody {
    /// The head is committed, and the body follows unchanged.
    case identity
    /// The head is committed, and no body follows: the output holds the content, or there is none.
    case done
    /// Some of the body isn't coded yet: see ``codeWhole(_:coding:)``. The response is still open.
    case coding
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
    try examined.requireFinalStatus()
    let declared = facts.declaredByteCount
    // A handler may answer HEAD without writing GET's content; the declared length then describes
    // it.
    let isDescribedOnly = examined.answersHEAD && byteCount == 0
    let size = !allowsContent ? 0 : isDescribedOnly ? declared ?? 0 : byteCount
    var decision = plan.decision(about: .exactly(size))
    if decision.isRefused {
      refuse(decision)
      return .done
    }
    guard allowsContent else {
      commit(decision, contentLength: 0)
      return .done
    }
    if let declared, declared != byteCount, !isDescribedOnly {
      throw .length(of: byteCount, declared: declared)
    }
    if isDescribedOnly {
      decision = decision.describing(
        declared ?? 0, streamedBeyond: examined.streamedAsIdentityLimit(settings))
      commit(
        decision, contentLength: decision.coding == nil ? declared : nil, plain: declared)
      return .done
    }
    if decision.coding != nil, byteCount > settings.wholeByteLimit {
      guard request.version == .http1_0 else {
        try commitPrefix(
          adding: byteCount - collected.count, plain: byteCount, padding: padding)
        return isHeadAll ? .done : .stream
      }
      decision = decision.fallingBackToIdentity(because: .httpVersion)
    }
    if let coding = decision.coding, byteCount > 0 {
      if beginCodingWhole(coding, byteCount, padding, &decision) { return .coding }
    }
    commit(decision, contentLength: byteCount)
    return isHeadAll ? .done : .identity
  }

  /// Commits a prefix of the body; the rest is unknown.
  ///
  /// - Parameters:
  ///   - byteCount: The number of bytes that follow those collected.
  ///   - waits: Whether all of it is sent now, with an unknown wait before the next write.
  ///   - plain: The length of the whole body in bytes, if it is known and not declared.
  ///   - padding: The number of bytes of padding to add when the body is coded, from ``padding(for:)``
  ///     with content that isn't collected; nil to derive it from what is collected.
  /// - Throws: ``ResponseError/Code/declaredLengthExceeded`` or
  ///   ``ResponseError/Code/declaredLengthNotReached``, also if the expected and the declared
  ///   length differ, ``ResponseError/Code/invalidStatus`` or ``ResponseError/Code/tooManyFields``;
  ///   nothing is changed then.
  mutating func commitPrefix(
    adding byteCount: Int, waits: Bool = false, plain: Int? = nil, padding: Int? = nil
  ) throws(ResponseError) {
    look()
    try examined.requireFinalStatus()
    var decision = prefixDecision(adding: byteCount, waits: waits)
    if decision.isRefused { return refuse(decision) }
    let declared = facts.declaredByteCount
    if let declared, allowsContent {
      let known = max(collected.count + byteCount, expectedByteCount ?? 0)
      if known > declared || expectedByteCount ?? declared != declared {
        throw .length(of: known, declared: declared)
      }
    }
    if let coding = decision.coding, examined.hasContent {
      leaseEncoder(
        for: coding, padding: padding ?? self.padding(for: collected.span), decision: &decision)
    }
    commit(
      decision, contentLength: decision.coding == nil ? declared ?? expectedByteCount : nil,
      promised: declared, plain: plain)
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
  ///   - content: Those bytes, as far as the caller has them.
  ///   - isWhole: Whether the body ends with them.
  /// - Returns: The bytes held, which the caller writes again in slices that are quick to code;
  ///   none if the response is already committed.
  /// - Throws: As ``commitPrefix(adding:waits:plain:padding:)``; nothing is changed then.
  package mutating func commitReleasing(
    adding byteCount: Int, content: Span<UInt8> = Span(), isWhole: Bool = false
  ) throws(ResponseError) -> ContiguousArray<UInt8> {
    guard isOpen else { return [] }
    var held: ContiguousArray<UInt8> = []
    swap(&held, &collected)
    byteCountIn -= held.count
    do throws(ResponseError) {
      try commitPrefix(
        adding: held.count + byteCount, plain: isWhole ? held.count + byteCount : nil,
        padding: padding(for: held.span) ?? padding(for: content))
    } catch {
      byteCountIn += held.count
      swap(&held, &collected)
      throw error
    }
    return held
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
    if examined.answersHEAD, declared == nil, known == 0 {
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
    if examined.asksToClose { closesConnection = true }
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
    let commit = examined.commit(
      decision, contentLength: contentLength, plain: plain ?? declared ?? expectedByteCount,
      hasTrailers: trailers?.isEmpty == false, closesConnection: closesConnection,
      settings: settings)
    let framing = commit.framing
    adopt(commit)
    output.head = ResponseOutput.Head(response: head, framing: framing)
    if framing != .noContent && !decision.isRefused {
      promisedByteCount = declared ?? expectedByteCount
    }
    state = .committed(framing)
    if isOver { output.end = .complete(trailers: nil) }
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
