/// A set of media types, described by patterns: what a policy is willing to code.
///
/// https://www.rfc-editor.org/rfc/rfc9110.html#section-8.3.1
public struct MediaTypeSet: Hashable, Sendable {
  /// The patterns of which a member matches at least one.
  public private(set) var patterns: Set<MediaTypePattern>

  /// Creates a set from patterns.
  ///
  /// - Parameter patterns: The patterns of which a member matches at least one.
  public init(_ patterns: some Sequence<MediaTypePattern> = []) {
    self.patterns = Set(patterns)
  }

  /// Adds the media types that match a pattern.
  ///
  /// - Parameter pattern: The pattern to add.
  public mutating func insert(_ pattern: MediaTypePattern) {
    patterns.insert(pattern)
  }

  /// Takes a pattern away; what matches another pattern stays a member.
  ///
  /// - Parameter pattern: The pattern to remove, spelled as it was added.
  public mutating func remove(_ pattern: MediaTypePattern) {
    patterns.remove(pattern)
  }

  /// Whether a `Content-Type` names a member.
  ///
  /// - Parameter contentType: The field's value, parameters and all. What is not a media type is
  ///   a member of no set.
  /// - Returns: Whether the media type matches one of the patterns.
  public func contains(_ contentType: String) -> Bool {
    MediaType(contentType).map(contains) ?? false
  }

  func contains(_ mediaType: MediaType) -> Bool {
    if patterns.contains(.init(.exact(type: mediaType.type, subtype: mediaType.subtype)))
      || patterns.contains(.init(.type(mediaType.type)))
      || patterns.contains(.init(.any))
    {
      return true
    }
    guard let suffix = mediaType.suffix else { return false }
    return patterns.contains(.init(.suffix(suffix)))
  }
}
