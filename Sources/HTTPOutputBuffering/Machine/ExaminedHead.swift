package import HTTPContentCoding
package import HTTPTypes

/// The head of a response and the request that it answers, examined once for all decisions.
package struct ExaminedHead: Sendable {
  package let request: RequestMetadata
  /// Whether the request's method is HEAD.
  package let answersHEAD: Bool
  var status: HTTPResponse.Status {
    didSet { allowsContent = status.allowsContent(answering: request.method) }
  }
  /// Whether the head allows content, or describes it in a response to HEAD.
  private(set) var allowsContent: Bool
  /// The facts that the head's fields state.
  package internal(set) var facts: HeadFacts
  /// The part of the decision that doesn't depend on the body's size.
  private(set) var plan: ContentCodingPlan

  /// Describes a head whose fields have yet to be examined: see ``plan(by:trailers:mode:)``.
  init(
    _ status: HTTPResponse.Status, answering request: consuming RequestMetadata,
    settings: borrowing ResponseSettings
  ) {
    request.acceptEncoding.narrow(to: settings.offered)
    answersHEAD = request.method == .head
    allowsContent = status.allowsContent(answering: request.method)
    self.request = consume request
    self.status = status
    facts = HeadFacts()
    plan = ContentCodingPlan()
  }

  /// Examines the head of a response that an adapter stores in its own type.
  ///
  /// - Parameters:
  ///   - status: The status of the response.
  ///   - facts: The facts that its fields state.
  ///   - request: The client's request.
  ///   - settings: The settings of the response.
  package init(
    _ status: HTTPResponse.Status, _ facts: consuming HeadFacts,
    answering request: consuming RequestMetadata, settings: borrowing ResponseSettings
  ) {
    self.init(status, answering: request, settings: settings)
    self.facts = facts
    plan(by: settings)
  }

  /// Updates the part of the decision that doesn't depend on the body's size.
  ///
  /// - Parameters:
  ///   - settings: The settings of the response.
  ///   - trailers: The trailer fields, as far as they are known.
  ///   - mode: The response's own mode; nil for the mode of its route or, failing that, of the
  ///     policy.
  mutating func plan(
    by settings: borrowing ResponseSettings, trailers: HTTPFields? = nil,
    mode: CompressionMode? = nil
  ) {
    plan = ContentCodingPlan(
      settings.policy, status: status, facts, trailers: trailers, requestMethod: request.method,
      acceptEncoding: request.acceptEncoding, offering: settings.offered,
      suspendable: settings.suspendable, mode: mode ?? request.compressionMode)
  }

  /// Whether the application asks for the connection to close.
  var asksToClose: Bool {
    request.version != .http2 && facts.marks.contains(.asksToClose)
  }

  /// Whether content follows the head.
  var hasContent: Bool { allowsContent && !answersHEAD }

  /// Whether the body can be sent unchanged but its length hasn't been declared.
  package var lacksLength: Bool {
    guard hasContent, facts.declaredByteCount == nil else { return false }
    let decision = plan.decision(about: .atLeast(0))
    return decision.coding == nil && !decision.isRefused
  }

  /// Whether the head answers HEAD without stating the length of GET's content.
  package var describesUnknownContent: Bool {
    answersHEAD && allowsContent && facts.declaredByteCount == nil
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
}

// Fixing the head.
extension ExaminedHead {
  /// Fixes the head of a response whose body can be sent unchanged.
  ///
  /// - Parameters:
  ///   - bodyByteCount: The body's length in bytes, if it is known.
  ///   - hasTrailers: Whether trailer fields follow the body.
  ///   - closesConnection: Whether the connection closes after the response in any case.
  ///   - settings: The settings of the response.
  /// - Returns: The decisions; nil if the body can't be sent unchanged.
  package func passThrough(
    bodyByteCount: Int?, hasTrailers: Bool, closesConnection: Bool, settings: ResponseSettings
  ) -> HeadCommit? {
    guard (try? requireFinalStatus()) != nil else { return nil }
    if status.beginsTunnel(answering: request.method) { return tunnel }
    // A negative length means an unknown one.
    let bodyByteCount = bodyByteCount.flatMap { $0 < 0 ? nil : $0 }
    let byteCount = answersHEAD ? facts.declaredByteCount : bodyByteCount
    var decision = plan.decision(about: byteCount.map(BodySize.exactly) ?? .atLeast(0))
    if answersHEAD {
      decision = decision.describing(
        byteCount, streamedBeyond: streamedAsIdentityLimit(settings))
    }
    if decision.isRefused || (decision.coding != nil && hasContent) { return nil }
    // A declared length that the known length doesn't confirm has to be checked by counting.
    if hasContent, let declared = facts.declaredByteCount, declared != bodyByteCount { return nil }
    return commit(
      decision, contentLength: decision.coding == nil ? byteCount : nil, plain: byteCount,
      hasTrailers: hasTrailers, closesConnection: closesConnection, settings: settings)
  }

  /// The head of a tunnel, or of a switch of protocols, which keeps its fields (RFC 9110 §7.8); a
  /// tunnel has none of framing (§9.3.6).
  private var tunnel: HeadCommit {
    var edits = HeadEdits()
    if status != .switchingProtocols {
      edits.removeFramingFields(facts, version: request.version)
      edits.setContentLength(nil, facts)
    }
    if facts.hasContentEncoding { edits.contentEncoding = .remove }
    return HeadCommit(edits: edits, framing: .noContent, closesConnection: false)
  }

  /// Fixes the head.
  ///
  /// - Parameters:
  ///   - decision: The coding and the reason for it.
  ///   - contentLength: The length of the content as it is sent, in bytes, if it is known.
  ///   - plain: The length of the content before coding, in bytes, if it is known.
  ///   - hasTrailers: Whether trailer fields follow the content.
  ///   - closesConnection: Whether the connection closes after the response in any case.
  ///   - settings: The settings of the response.
  /// - Returns: The decisions.
  func commit(
    _ decision: ContentCodingDecision, contentLength: Int?, plain: Int?, hasTrailers: Bool,
    closesConnection: Bool, settings: ResponseSettings
  ) -> HeadCommit {
    var decision = decision
    let held = heldTag(decision, offering: settings.offered)
    if let held, status == .notModified { decision.selectedCoding = held.coding }
    var edits = HeadEdits(decision, for: status, facts)
    edits.removeFramingFields(facts, version: request.version)
    if let held { edits.entityTag = .set(held.tag) }
    // A tunnel has no content either.
    if !allowsContent { edits.contentEncoding = facts.hasContentEncoding ? .remove : .none }
    let framing = MessageFraming(
      hasContent: hasContent, version: request.version, contentLength: contentLength,
      hasTrailers: hasTrailers)
    edits.setContentLength(sentLength(framing, contentLength, hasTrailers: hasTrailers), facts)
    let closesConnection = closesConnection || asksToClose || framing == .connectionClose
    edits.closesConnection = closesConnection && request.version != .http2
    if settings.explainsDecision, let name = HTTPField.Name("X-Content-Coding-Decision") {
      edits.information.append(HTTPField(name: name, value: decision.reason.description))
    }
    if let name = settings.plainLengthField, decision.coding != nil, let plain {
      edits.information.append(HTTPField(name: name, value: String(plain)))
    }
    return HeadCommit(
      decision: decision, edits: edits, framing: framing, closesConnection: closesConnection)
  }

  /// The length in bytes above which a body is never coded; nil for no limit.
  ///
  /// HTTP/1.0 has no coded streams.
  func streamedAsIdentityLimit(_ settings: ResponseSettings) -> Int? {
    request.version == .http1_0 ? settings.wholeByteLimit : nil
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
    _ decision: ContentCodingDecision, offering codings: [ContentCoding]
  ) -> (tag: String, coding: ContentCoding?)? {
    guard !request.ifNoneMatch.isEmpty, decision.coding == nil,
      status == .notModified || status == .preconditionFailed,
      let entityTag = facts.entityTag
    else { return nil }
    return RequestConditions(offering: codings)
      .heldTag(
        of: entityTag, in: request.ifNoneMatch, accepting: request.acceptEncoding,
        selecting: decision.selectedCoding)
  }
}
