package import HTTPTypes

/// The part of a decision that doesn't depend on the size of the body.
///
/// Creating a plan examines the response once; deciding about a size doesn't examine it again.
package struct ContentCodingPlan: Sendable {
  /// The decision for a body of at least the minimum size.
  private var large: ContentCodingDecision
  /// The coding of a waiting stream, if it differs from that of other bodies.
  private var waitingCoding: ContentCoding?
  /// The size below which a body isn't coded; 0 if size is irrelevant.
  private var minimumByteCount = 0
  /// Whether the content is an event stream (HTML §9.2).
  package private(set) var isEventStream = false
  /// For a 304, the length that it declares for the corresponding 200; nil for any other response.
  private var notModified: HeadFacts.Length?

  /// Creates a plan that codes nothing.
  package init() {
    large = ContentCodingDecision(coding: nil, reason: .notOffered, variesOnAcceptEncoding: false)
  }

  /// Examines a response: see
  /// ``CompressionPolicy/decision(for:trailers:requestMethod:acceptEncoding:offering:mode:body:)``.
  ///
  /// - Parameters:
  ///   - policy: The policy.
  ///   - status: The status of the response.
  ///   - facts: The facts from the response's fields.
  ///   - trailers: The trailer fields, as far as they are known.
  ///   - requestMethod: The method of the request that is answered.
  ///   - acceptEncoding: What the client accepts.
  ///   - codings: The codings the server offers, in order of preference.
  ///   - suspendable: The codings preferred for streams that wait for their next event, because
  ///     their encoders can be suspended. Empty if streams choose like any other body.
  ///   - mode: The response's own mode, or `nil` for the policy's.
  package init(
    _ policy: borrowing CompressionPolicy,
    status: HTTPResponse.Status,
    _ facts: borrowing HeadFacts,
    trailers: HTTPFields?,
    requestMethod: HTTPRequest.Method,
    acceptEncoding: borrowing AcceptEncoding,
    offering codings: [ContentCoding],
    suspendable: [ContentCoding] = [],
    mode: CompressionMode?
  ) {
    let mode = mode ?? policy.mode
    large = ContentCodingDecision(
      coding: nil, reason: .coded, variesOnAcceptEncoding: false,
      isIdentityAcceptable: acceptEncoding.isIdentityAcceptable)
    // Parse the media type once.
    let mediaType = facts.contentType?.withMediaType { mediaType in
      (
        isGRPC: mediaType.isGRPC, isEventStream: mediaType.isEventStream,
        isMember: mode == .force || policy.mediaTypes.contains(mediaType)
      )
    }
    isEventStream = mediaType?.isEventStream == true
    if let reason = facts.obstacleToCoding(
      status: status, requestMethod: requestMethod, isGRPC: mediaType?.isGRPC == true,
      trailers: trailers)
      ?? policy.exclusion(
        of: facts, isMember: mediaType?.isMember == true, isNotModified: status == .notModified,
        offering: codings, mode: mode)
    {
      large.reason = reason
      return
    }

    // From here on, some request could have had the response coded.
    large.variesOnAcceptEncoding = true
    if status == .notModified { notModified = facts.contentLength }
    switch acceptEncoding.negotiate(codings) {
    case .nothing:
      large.reason = .notAcceptable
      large.isNothingAcceptable = true
      large.isRefused = policy.refusesUnacceptable && status.kind == .successful
    case .identity(let reason):
      large.reason = reason
    case .coding(let coding):
      waitingCoding = acceptEncoding.waitingCoding(instead: coding, among: suspendable)
      large.select(coding)
      if isEventStream, let waitingCoding { large.select(waitingCoding) }
      if mode != .force && large.isIdentityAcceptable { minimumByteCount = policy.minimumByteCount }
    }
  }

  /// Decides about a body.
  ///
  /// - Parameters:
  ///   - body: What is known about its size before coding; ignored for a 304, whose head declares
  ///     it.
  ///   - waits: Whether the known part is sent now and the time of the next part is unknown.
  /// - Returns: The decision with its reason.
  package func decision(about body: BodySize, waits: Bool = false) -> ContentCodingDecision {
    var decision = large
    guard decision.variesOnAcceptEncoding else { return decision }
    if waits, let waitingCoding { decision.select(waitingCoding) }
    var size = body
    if let notModified {
      if case .exactly(let declared) = notModified {
        size = .exactly(declared)
      } else {
        size = .atLeast(0)
      }
    }
    switch size {
    case .exactly(0):
      decision.fallBackToIdentity(because: .emptyBody)
      decision.isNothingAcceptable = false
      decision.isRefused = false
    case .exactly(let byteCount) where decision.coding != nil && byteCount < minimumByteCount:
      decision.fallBackToIdentity(because: .belowMinimumSize)
    case .exactly, .atLeast: break
    }
    if notModified != nil {
      decision.coding = nil
      decision.reason = .statusWithoutBody
    }
    return decision
  }
}

extension CompressionPolicy {
  /// Why the policy rules out coding this response for every request; nil if it doesn't.
  fileprivate func exclusion(
    of facts: HeadFacts, isMember: Bool, isNotModified: Bool,
    offering codings: [ContentCoding], mode: CompressionMode
  ) -> ContentCodingDecision.Reason? {
    if mode == .off { return .switchedOff }
    if codings.allSatisfy({ $0 == .identity }) { return .notOffered }
    if mode == .force { return nil }
    guard let contentType = facts.contentType, !contentType.isEmpty else {
      return isNotModified ? nil : .noContentType
    }
    return isMember ? nil : .contentTypeExcluded
  }
}

/// The outcome of negotiation between client and server.
private enum Negotiated {
  case coding(ContentCoding)
  case identity(ContentCodingDecision.Reason)
  case nothing
}

extension ContentCodingDecision {
  fileprivate mutating func select(_ coding: ContentCoding) {
    self.coding = coding
    selectedCoding = coding
  }
}

extension AcceptEncoding {
  /// Returns the coding for a waiting stream, if it differs from that of other bodies.
  ///
  /// How much server memory a waiting stream holds is the server's concern: it may choose any
  /// coding that the client accepts, whatever its weight, unless identity has a higher weight.
  /// Among several the client's weights and the order of the offer decide, as for any body.
  ///
  /// - Parameters:
  ///   - coding: The coding of other bodies.
  ///   - suspendable: The offered codings whose encoders can be suspended.
  /// - Returns: One of `suspendable`; nil to use `coding`.
  fileprivate func waitingCoding(
    instead coding: ContentCoding, among suspendable: [ContentCoding]
  ) -> ContentCoding? {
    guard !suspendable.isEmpty, !suspendable.contains(coding),
      let preferred = preferredCoding(among: suspendable), preferred != .identity
    else { return nil }
    return preferred
  }

  fileprivate func negotiate(_ codings: [ContentCoding]) -> Negotiated {
    guard isFieldPresent else { return .identity(.noAcceptEncoding) }
    guard let preferred = preferredCoding(among: codings) else { return .nothing }
    guard preferred == .identity else { return .coding(preferred) }
    let acceptsCoding = codings.contains { $0 != .identity && quality(of: $0).isAcceptable }
    return .identity(acceptsCoding ? .identityPreferred : .notAcceptable)
  }
}
