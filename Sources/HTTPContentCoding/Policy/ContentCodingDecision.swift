/// What a policy has decided about one response, and why.
///
/// A decision is a value: making it changes nothing, and
/// `HTTPResponse/apply(_:)` turns it into header fields.
public struct ContentCodingDecision: Hashable, Sendable {
  /// The coding to use, or `nil` to send the body as it is (identity).
  public var coding: ContentCoding?

  /// Why the response is coded or is not: the answer to give in a log line or a metric.
  public var reason: Reason

  /// Whether the response depends on the request's `Accept-Encoding`.
  ///
  /// True for whatever its type, status and policy allow to be coded, also when it is not: because
  /// of what the client accepts, because of its size, or because it is the answer to HEAD or a
  /// 304. False for what can never be coded. A response for which this is true has
  /// `Vary: Accept-Encoding` (RFC 9110 §12.5.5).
  public var variesOnAcceptEncoding: Bool

  /// The coding of the selected representation, or `nil` if that is the identity.
  ///
  /// ``coding`` wherever that is set, and on the 304 that stands for such a response the coding of that
  /// one: its fields describe the coded representation, so it carries the same entity tag
  /// (RFC 9110 §15.4.5).
  public var selectedCoding: ContentCoding?

  /// Whether the selected representation is a coded one.
  public var selectsCodedRepresentation: Bool { selectedCoding != nil }

  /// Whether the client accepts identity.
  ///
  /// If it does not, neither a small size nor a coding that saves nothing is a reason to send
  /// identity.
  public var isIdentityAcceptable: Bool

  /// Whether the client accepts neither identity nor any coding this response could have.
  ///
  /// Identity is then sent all the same, as RFC 9110 §12.4.1 allows, unless ``isRefused``.
  public var isNothingAcceptable: Bool

  /// Whether the policy asks for a 406 (Not Acceptable) in place of this response.
  ///
  /// True only if ``isNothingAcceptable``, with
  /// ``CompressionPolicy/refusesUnacceptable``, and for a successful response: a 404 that becomes
  /// a 406 would hide what happened.
  public var isRefused: Bool

  /// Creates a decision.
  ///
  /// - Parameters:
  ///   - coding: The coding to use, `nil` for identity.
  ///   - reason: Why.
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
  /// For what is found out after the decision: that coding the body saves nothing, that no
  /// encoder could be had, that the connection's HTTP version does not carry it. What the response
  /// varies on stays.
  ///
  /// - Parameter reason: Why identity is sent after all.
  /// - Returns: The decision to apply instead of this one.
  public func fallingBackToIdentity(because reason: Reason) -> ContentCodingDecision {
    var decision = self
    decision.coding = nil
    decision.reason = reason
    decision.selectedCoding = nil
    return decision
  }
}
