public import HTTPTypes

extension HTTPResponse {
  /// Changes the header fields according to a decision.
  ///
  /// - Coded: `Content-Encoding` names the coding, and the fields that describe the uncoded bytes
  ///   are removed or replaced. A strong `ETag` becomes a weak one that names the coding: `"v1"`
  ///   becomes `W/"v1--gzip"`, because two codings of one representation may not share a strong
  ///   validator (RFC 9110 §8.8.1). `HTTPRequest.restoringValidators(offering:)` is the reverse. A
  ///   weak `ETag` stays as it is; an invalid one is removed, as are `Accept-Ranges` and
  ///   `Content-Length`. The caller sets the exact length if it knows it.
  /// - Identity: `identity` or `none` in `Content-Encoding`, with which the application opts out,
  ///   is removed because neither may be sent (RFC 9110 §8.4.1). Everything else stays.
  /// - A 304 for a coded response gets the same tag as that response.
  /// - A status without content loses any `Content-Encoding`, because nothing is encoded (RFC 9110
  ///   §8.4).
  ///
  /// If the response depends on `Accept-Encoding`, the field's name is added to `Vary`, unless
  /// `Vary` already has it or `*`.
  ///
  /// Applying a decision twice has the same effect as applying it once. Other fields keep their
  /// order and number.
  ///
  /// - Parameter decision: The decision for this response.
  public mutating func apply(_ decision: ContentCodingDecision) {
    let facts = HeadFacts(headerFields)
    headerFields.apply(HeadEdits(decision, for: status, facts), facts)
  }
}

extension HTTPFields {
  /// Changes the trailer fields according to a decision.
  ///
  /// If the content is coded, a strong `ETag` names the coding, as in the head, and `Accept-Ranges`
  /// and any digest of the uncoded bytes are removed.
  ///
  /// - Parameter decision: The decision for the response.
  package mutating func applyToTrailers(_ decision: ContentCodingDecision) {
    guard let coding = decision.coding else { return }
    if contains(.eTag) {
      self[values: .eTag] = self[values: .eTag].compactMap { EntityTag($0)?.coded(by: coding) }
    }
    removeAll { $0.name.isDigest || $0.name == .acceptRanges }
  }
}
