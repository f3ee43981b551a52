import HTTPTypes

extension HeaderFields {
  /// Replaces derived validators in the fields: see `HTTPRequest.restoringValidators(offering:)`.
  ///
  /// - Parameter codings: The codings on offer.
  /// - Returns: Whether anything has changed.
  package mutating func restoreConditions(offering codings: [ContentCoding]) -> Bool {
    let acceptEncoding = AcceptEncoding(fieldValues: lines(of: .acceptEncoding))
    let conditions = RequestConditions(offering: codings)
    var isChanged = false
    for name in [HTTPField.Name.ifNoneMatch, .ifMatch] {
      let sent = lines(of: name)
      guard !sent.isEmpty else { continue }
      let restored = sent.map {
        conditions.restoredTags($0, accepting: name == .ifNoneMatch ? acceptEncoding : nil) ?? $0
      }
      guard restored != sent else { continue }
      setLines(restored, of: name)
      isChanged = true
      // The client would splice ranges of the route's content into a coded representation. A
      // server may ignore Range (RFC 9110 §14.2).
      if name == .ifMatch {
        setLines([], of: .range)
        setLines([], of: .ifRange)
      }
    }
    guard
      conditions.ignoresRange(
        ifRange: lines(of: .ifRange), hasRange: !lines(of: .range).isEmpty,
        acceptEncoding: acceptEncoding)
    else { return isChanged }
    setLines([], of: .ifRange)
    setLines([], of: .range)
    return true
  }
}

/// Translates a request's conditions for a route that knows nothing of content codings.
///
/// The methods are pure functions of field values, so they work with any adapter's field type.
package struct RequestConditions {
  private let codings: [ContentCoding]

  /// - Parameter codings: The codings on offer.
  package init(offering codings: [ContentCoding]) {
    self.codings = codings
  }

  /// Replaces tags that an offered coding has derived by the route's own.
  ///
  /// Other tags stay; a tag that is already in the list isn't repeated.
  ///
  /// - Parameters:
  ///   - fieldValue: A line of `If-None-Match` or `If-Match`.
  ///   - acceptEncoding: What the client accepts: a tag of another coding stays. A cache sends the tags
  ///     of all it has (RFC 9111 §4.3.1), and would hand out what a 304 names. Nil for any coding.
  /// - Returns: The line for the route; nil if nothing changes.
  package func restoredTags(
    _ fieldValue: String, accepting acceptEncoding: AcceptEncoding? = nil
  ) -> String? {
    // Hardly any line has a derived tag.
    guard fieldValue.utf8.contains(UInt8(ascii: "-")) else { return nil }
    let members = EntityTag.members(of: fieldValue)
    let accepted = codings.filter { acceptEncoding?.quality(of: $0).isAcceptable ?? true }
    let restored = members.map { EntityTag($0)?.uncoded(offering: accepted)?.tag.text }
    guard restored.contains(where: { $0 != nil }) else { return nil }
    var line: [String] = []
    var written = Set(members)
    for (member, tag) in zip(members, restored) {
      guard let tag else {
        line.append(String(member))
        continue
      }
      if written.insert(tag[...]).inserted { line.append(tag) }
    }
    return line.joined(separator: ", ")
  }

  /// Whether a route must respond as if the request had neither `Range` nor `If-Range` (RFC 9110
  /// §13.1.5, §14.2).
  ///
  /// - Parameters:
  ///   - ifRange: The lines of `If-Range`.
  ///   - hasRange: Whether the request has `Range`.
  ///   - acceptEncoding: What the client accepts.
  /// - Returns: True for a tag that an offered coding has derived, which never identifies the
  ///   route's bytes, and for a client that may have part of a coded representation.
  package func ignoresRange(
    ifRange: [String], hasRange: Bool, acceptEncoding: AcceptEncoding
  ) -> Bool {
    guard !ifRange.isEmpty else { return false }
    let isOurs = ifRange.contains { line in
      EntityTag.members(of: line).contains { EntityTag($0)?.uncoded(offering: codings) != nil }
    }
    guard !isOurs, hasRange else { return isOurs }
    return acceptEncoding.isFieldPresent
      && codings.contains { $0 != .identity && acceptEncoding.quality(of: $0).isAcceptable }
  }

  /// Returns the tag in `If-None-Match` that stands for a route's tag.
  ///
  /// - Parameters:
  ///   - entityTag: The route's `ETag`.
  ///   - ifNoneMatch: The lines of `If-None-Match` as the client sent them.
  ///   - acceptEncoding: What the client accepts; a tag of another coding doesn't count.
  ///   - selected: The coding that this request selects, which decides if the client has several
  ///     tags.
  /// - Returns: The client's tag and the coding that derived it, if any; nil if the client has no
  ///   tag derived from the route's.
  package func heldTag(
    of entityTag: String, in ifNoneMatch: [String], accepting acceptEncoding: AcceptEncoding,
    selecting selected: ContentCoding?
  ) -> (tag: String, coding: ContentCoding?)? {
    guard let own = EntityTag(entityTag), !own.isWeak else { return nil }
    var held: [(tag: String, coding: ContentCoding?)] = []
    for member in ifNoneMatch.flatMap(EntityTag.members) {
      guard let tag = EntityTag(member) else { continue }
      if tag.matchesWeakly(own) {
        held.append((tag.text, nil))
      } else if let (uncoded, coding) = tag.uncoded(offering: codings), uncoded == own,
        acceptEncoding.quality(of: coding).isAcceptable
      {
        held.append((tag.text, coding))
      }
    }
    return held.first { $0.coding == selected } ?? held.first
  }
}
