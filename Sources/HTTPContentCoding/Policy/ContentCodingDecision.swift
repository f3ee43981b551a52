/// A policy's decision about one response, with its reason.
///
/// A decision is a value: making it changes nothing. `HTTPResponse/apply(_:)` applies it to the
/// header fields.
public struct ContentCodingDecision: Hashable, Sendable {
  /// The coding to use, or `nil` to send the body as it is (identity).
  public var coding: ContentCoding?

  /// Why the response is coded or is not, for log lines and metrics.
  public var reason: Reason

  /// Whether the response depends on the request's `Accept-Encoding`.
  ///
  /// True for a response whose media type, status and policy allow coding, even if it isn't coded
  /// because of what the client accepts, because of its size, or because it answers HEAD or is a
  /// 304. False for a response that can never be coded. If true, the response needs
  /// `Vary: Accept-Encoding` (RFC 9110 §12.5.5).
  public var variesOnAcceptEncoding: Bool

  /// The coding of the selected representation, or `nil` if that is the identity.
  ///
  /// This equals ``coding`` if that is set. For a 304 it is the coding of the corresponding 200:
  /// the 304's fields describe the coded representation, so it carries the same entity tag (RFC
  /// 9110 §15.4.5).
  public var selectedCoding: ContentCoding?

  /// Whether the selected representation is a coded one.
  public var selectsCodedRepresentation: Bool { selectedCoding != nil }

  /// Whether the client accepts identity.
  ///
  /// If it doesn't, identity isn't used because a body is small or because coding saves nothing.
  public var isIdentityAcceptable: Bool

  /// Whether the client accepts neither identity nor any coding this response could have.
  ///
  /// Identity is still sent, as RFC 9110 §12.4.1 allows, unless ``isRefused``.
  public var isNothingAcceptable: Bool

  /// Whether the policy asks for a 406 (Not Acceptable) in place of this response.
  ///
  /// True only if ``isNothingAcceptable``, the policy has
  /// ``CompressionPolicy/refusesUnacceptable``, and the response is successful: replacing a 404
  /// with a 406 would hide the original error.
  public var isRefused: Bool

  /// Creates a decision.
  ///
  /// - Parameters:
  ///   - coding: The coding to use, `nil` for identity.
  ///   - reason: Why the response is coded or is not.
  ///   - variesOnAcceptEncoding: Whether the response depends on `Accept-Encoding`.
  ///   - isIdentityAcceptable: Whether the client accepts identity.
  public init(
    coding: ContentCoding?,
    reason: Reason,
    variesOnAcceptEncoding: Bool,
    isIdentityAcceptable: Bool = true
  ) {
    self.coding = coding
    self.reason = reason
    self.variesOnAcceptEncoding = variesOnAcceptEncoding
    self.selectedCoding = coding
    self.isIdentityAcceptable = isIdentityAcceptable
    self.isNothingAcceptable = false
    self.isRefused = false
  }

  /// Returns the same decision with identity in place of the coding.
  ///
  /// Use it for obstacles found after the decision: coding the body saves nothing, no encoder is
  /// available, or the connection's HTTP version can't carry a coded body. What the response varies
  /// on stays the same.
  ///
  /// - Parameter reason: Why identity is sent instead.
  /// - Returns: The decision to apply instead of this one.
  public func fallingBackToIdentity(because reason: Reason) -> ContentCodingDecision {
    var decision = self
    decision.fallBackToIdentity(because: reason)
    return decision
  }

  mutating func fallBackToIdentity(because reason: Reason) {
    coding = nil
    self.reason = reason
    selectedCoding = nil
  }
}
