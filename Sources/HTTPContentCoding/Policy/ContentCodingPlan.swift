package import HTTPTypes

/// What is decided about a response before the size of its body is known.
///
/// Making it takes the one look at the response; to decide about a size takes none.
package struct ContentCodingPlan: Sendable {
  /// The decision about a body that is large enough.
  private var large: ContentCodingDecision
  /// The coding of a stream that waits, where it is another one.
  private var waitingCoding: ContentCoding?
  /// A body that is smaller isn't coded; 0 where size plays no part.
  private var minimumByteCount = 0
  /// Whether the response is a 304, and what it declares of the 200 that it stands for.
  private var notModified: HeadFacts.Length?

  /// Nothing is coded.
  package init() {
    large = ContentCodingDecision(coding: nil, reason: .notOffered, variesOnAcceptEncoding: false)
  }

  /// Looks at a response: see ``CompressionPolicy/decision(for:trailers:requestMethod:acceptEncoding:offering:mode:body:)``.
  ///
  /// - Parameters:
  ///   - policy: The policy.
  ///   - status: The status of the response.
  ///   - facts: What its fields say.
  ///   - trailers: The trailer fields, as far as they are known.
  ///   - requestMethod: The method of the request that is answered.
  ///   - acceptEncoding: What the client accepts.
  ///   - codings: The codings the server offers, most wanted first.
  ///   - suspendable: Those of them that streams prefer which wait for their next event: the codings whose
  ///     encoders can leave them meanwhile. Empty where streams choose as any body does.
  ///   - mode: The response's own mode, or `nil` for the policy's.
  package init(
    _ policy: CompressionPolicy,
    status: HTTPResponse.Status,
    _ facts: HeadFacts,
    trailers: HTTPFields?,
    requestMethod: HTTPRequest.Method,
    acceptEncoding: AcceptEncoding,
    offering codings: [ContentCoding],
    suspendable: [ContentCoding] = [],
    mode: CompressionMode?
  ) {
    let mode = mode ?? policy.mode
    large = ContentCodingDecision(
      coding: nil, reason: .coded, variesOnAcceptEncoding: false,
      isIdentityAcceptable: acceptEncoding.isIdentityAcceptable)
    // One look at the media type.
    let mediaType = facts.contentType?.withMediaType { mediaType in
      (
        isGRPC: mediaType.isGRPC, isEventStream: mediaType.isEventStream,
        isMember: mode == .force || policy.mediaTypes.contains(mediaType)
      )
    }
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

    // From here on some request could have had the response coded.
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
      if mediaType?.isEventStream == true, let waitingCoding { large.select(waitingCoding) }
      if mode != .force && large.isIdentityAcceptable { minimumByteCount = policy.minimumByteCount }
    }
  }

  /// Decides about a body.
  ///
  /// - Parameters:
  ///   - body: What is known about its size before coding; of a 304 its head says that.
  ///   - waits: Whether it is sent as far as it is known, and nobody knows when more comes.
  /// - Returns: The decision with its reason.
  package func decision(about body: BodySize, waits: Bool = false) -> ContentCodingDecision {
    var large = large
    guard large.variesOnAcceptEncoding else { return large }
    if waits, let waitingCoding { large.select(waitingCoding) }
    var size = body
    if let notModified {
      if case .exactly(let declared) = notModified {
        size = .exactly(declared)
      } else {
        size = .atLeast(0)
      }
    }
    var decision = large
    switch size {
    case .exactly(0):
      decision = large.fallingBackToIdentity(because: .emptyBody)
      decision.isNothingAcceptable = false
      decision.isRefused = false
    case .exactly(let byteCount) where large.coding != nil && byteCount < minimumByteCount:
      decision = large.fallingBackToIdentity(because: .belowMinimumSize)
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
  /// Why no request at all would have a response coded under this policy.
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

/// What a client and a server agree on.
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
  /// The coding of a stream that waits, in place of the one that any other body has.
  ///
  /// How much memory of the server's waits with a stream is the server's affair: a coding that the client
  /// accepts is taken whatever it weighs, as long as identity weighs no more. Among several the client's
  /// weights and the order of the offer decide, as for any body.
  ///
  /// - Parameters:
  ///   - coding: The coding of any other body.
  ///   - suspendable: The codings on offer whose encoders can leave a stream that waits.
  /// - Returns: One of `suspendable`; nil where it is to be `coding`.
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
