public import HTTPTypes

extension CompressionPolicy {
  /// Decides whether a response is coded, and with what.
  ///
  /// The answer to HEAD is decided as that to GET would be. Give the body's size if it is known
  /// and `.atLeast(0)` if it is not.
  ///
  /// A 304 is never coded, but its fields are those that the 200 would have had
  /// (RFC 9110 §15.4.5), so it varies and selects the coded representation as far as that 200 can
  /// be known: from its own `Content-Type` and `Content-Length`, which most 304s leave out. What
  /// is left out is taken to be eligible. A needless `Vary` or weak tag costs a cache hit; a
  /// missing one hands a client bytes it cannot read.
  ///
  /// - Parameters:
  ///   - response: The head as the application wrote it.
  ///   - trailers: The trailer fields, as far as they are known; a digest there vouches for the content, too.
  ///   - requestMethod: The method of the request that is answered.
  ///   - acceptEncoding: What the client accepts.
  ///   - codings: The codings the server offers, most wanted first; the first wins a tie.
  ///   - mode: The response's own mode, or `nil` for the policy's.
  ///   - body: What is known about the body's size before coding.
  /// - Returns: The decision with its reason.
  public func decision(
    for response: HTTPResponse,
    trailers: HTTPFields = [:],
    requestMethod: HTTPRequest.Method,
    acceptEncoding: AcceptEncoding,
    offering codings: [ContentCoding],
    mode: CompressionMode? = nil,
    body: BodySize
  ) -> ContentCodingDecision {
    let mode = mode ?? self.mode
    var decision = ContentCodingDecision(
      coding: nil,
      reason: .coded,
      variesOnAcceptEncoding: false,
      isIdentityAcceptable: acceptEncoding.isIdentityAcceptable
    )
    if let reason = response.obstacleToCoding(requestMethod: requestMethod, trailers: trailers)
      ?? exclusion(of: response, offering: codings, mode: mode)
    {
      decision.reason = reason
      return decision
    }

    // From here on some request could have had the response coded.
    decision.variesOnAcceptEncoding = true
    let isNotModified = response.status == .notModified
    let size = isNotModified ? response.declaredBodySize : body
    if size == .exactly(0) {
      decision.reason = isNotModified ? .statusWithoutBody : .emptyBody
      return decision
    }
    switch negotiate(acceptEncoding, offering: codings) {
    case .nothing:
      decision.reason = .notAcceptable
      decision.isNothingAcceptable = true
      decision.isRefused = refusesUnacceptable && response.status.kind == .successful
    case .identity(let reason):
      decision.reason = reason
    case .coding where mode != .force && decision.isIdentityAcceptable && isTooSmall(size):
      decision.reason = .belowMinimumSize
    case .coding(let coding):
      decision.coding = coding
      decision.selectedCoding = coding
    }
    if isNotModified {
      decision.coding = nil
      decision.reason = .statusWithoutBody
    }
    return decision
  }

  /// Why no request at all would have this response coded under this policy.
  private func exclusion(
    of response: HTTPResponse,
    offering codings: [ContentCoding],
    mode: CompressionMode
  ) -> ContentCodingDecision.Reason? {
    if mode == .off { return .switchedOff }
    if codings.allSatisfy({ $0 == .identity }) { return .notOffered }
    if mode == .force { return nil }
    guard let contentType = response.headerFields[.contentType], !contentType.isEmpty else {
      return response.status == .notModified ? nil : .noContentType
    }
    return mediaTypes.contains(contentType) ? nil : .contentTypeExcluded
  }

  private enum Negotiated {
    case coding(ContentCoding)
    case identity(ContentCodingDecision.Reason)
    case nothing
  }

  private func negotiate(
    _ acceptEncoding: AcceptEncoding,
    offering codings: [ContentCoding]
  ) -> Negotiated {
    guard acceptEncoding.isFieldPresent else { return .identity(.noAcceptEncoding) }
    guard let preferred = acceptEncoding.preferredCoding(among: codings) else { return .nothing }
    guard preferred == .identity else { return .coding(preferred) }
    let acceptsCoding = codings.contains {
      $0 != .identity && acceptEncoding.quality(of: $0).isAcceptable
    }
    return .identity(acceptsCoding ? .identityPreferred : .notAcceptable)
  }

  private func isTooSmall(_ size: BodySize) -> Bool {
    switch size {
    case .exactly(let byteCount): byteCount < minimumByteCount
    case .atLeast: false
    }
  }
}

extension HTTPResponse {
  /// The size that `Content-Length` declares, all that a 304 may say about the 200 it stands for.
  fileprivate var declaredBodySize: BodySize {
    headerFields.declaredContentLength.map(BodySize.exactly) ?? .atLeast(0)
  }
}
