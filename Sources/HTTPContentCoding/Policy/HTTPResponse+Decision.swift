public import HTTPTypes

extension HTTPResponse {
  /// Changes the header fields to what a decision means.
  ///
  /// - Coded: `Content-Encoding` names the coding, and the fields that describe the uncoded bytes
  ///   give way. A strong `ETag` becomes a weak one that names the coding, `"v1"` becomes `W/"v1--gzip"`
  ///   (RFC 9110 §8.8.1: two codings of one representation may not share a strong validator);
  ///   `HTTPRequest.restoringValidators(offering:)` is the way back. One that is weak already stays as it is,
  ///   one that is not an entity tag is removed, and so are
  ///   `Accept-Ranges` and `Content-Length`. The caller sets the exact length if it knows it.
  /// - Identity: `identity` or `none` in `Content-Encoding`, with which the application opted out, is
  ///   removed: neither may be sent (RFC 9110 §8.4.1). Everything else stays.
  /// - A 304 that stands for a coded response gets the same tag.
  /// - A status without content has no `Content-Encoding`, whatever set it: nothing is encoded (RFC 9110 §8.4).
  ///
  /// Either way `Accept-Encoding` becomes a member of `Vary` if the response depends on it. A `*`
  /// there says that already.
  ///
  /// Applying a decision twice is the same as applying it once. Other fields keep their order and
  /// number.
  ///
  /// - Parameter decision: The decision for this response.
  public mutating func apply(_ decision: ContentCodingDecision) {
    let facts = HeadFacts(headerFields)
    headerFields.apply(HeadEdits(decision, for: status, facts), facts)
  }
}

extension HTTPFields {
  /// Changes trailer fields to what a decision means: as in the head of coded content a strong `ETag` names
  /// the coding and `Accept-Ranges` is removed; so is a digest of the uncoded bytes.
  ///
  /// - Parameter decision: The decision for their response.
  package mutating func applyToTrailers(_ decision: ContentCodingDecision) {
    guard let coding = decision.coding else { return }
    if contains(.eTag) {
      self[values: .eTag] = self[values: .eTag].compactMap { EntityTag($0)?.coded(by: coding) }
    }
    removeAll { $0.name.isDigest || $0.name == .acceptRanges }
  }
}
