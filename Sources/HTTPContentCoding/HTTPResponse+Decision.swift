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
    if status.hasNoContent {
      headerFields[.contentEncoding] = nil
    } else {
      headerFields.removeNamesOfNoCoding()
    }
    if let coding = decision.coding {
      headerFields[.contentEncoding] = coding.name
    }
    if let coding = decision.selectedCoding {
      headerFields.markEntityTags(coding)
      headerFields[.acceptRanges] = nil
      headerFields[.contentLength] = nil
    }
    if decision.variesOnAcceptEncoding {
      headerFields.varyOnAcceptEncoding()
    }
  }
}

extension HTTPFields {
  /// Changes trailer fields to what a decision means: as in the head of coded content a strong `ETag` names
  /// the coding and `Accept-Ranges` is removed; so is a digest of the uncoded bytes.
  ///
  /// - Parameter decision: The decision for their response.
  package mutating func applyToTrailers(_ decision: ContentCodingDecision) {
    guard let coding = decision.coding else { return }
    markEntityTags(coding)
    removeAll { $0.name.isDigest || $0.name == .acceptRanges }
  }
}

extension HTTPFields {
  /// Takes `identity` and `none` out of `Content-Encoding`; a list that isn't one of tokens stays as it
  /// is beside them.
  fileprivate mutating func removeNamesOfNoCoding() {
    let members = leadingTokens(of: .contentEncoding)
    let applied = members.filter { !$0.namesNoCoding }
    if applied.isEmpty {
      self[.contentEncoding] = nil
    } else if applied.count < members.count, isListOfTokens(.contentEncoding) {
      self[.contentEncoding] = applied.joined(separator: ", ")
    }
  }

  /// Makes every entity tag that of coded content and removes what is not one.
  fileprivate mutating func markEntityTags(_ coding: ContentCoding) {
    guard contains(.eTag) else { return }
    self[fields: .eTag] = self[fields: .eTag].compactMap { field in
      guard let entityTag = EntityTag(field.value) else { return nil }
      var marked = field
      marked.value = entityTag.coded(by: coding)
      return marked
    }
  }

  /// Makes `Accept-Encoding` a member of `Vary`, a list that may be spread over several lines.
  fileprivate mutating func varyOnAcceptEncoding() {
    let members = tokenMembers(of: .vary)
    if members.contains("*") || members.contains("accept-encoding") { return }
    guard let last = lastIndex(where: { $0.name == .vary }) else {
      self[.vary] = "Accept-Encoding"
      return
    }
    let value = self[last].value
    self[last].value = value.isEmpty ? "Accept-Encoding" : "\(value), Accept-Encoding"
  }
}
