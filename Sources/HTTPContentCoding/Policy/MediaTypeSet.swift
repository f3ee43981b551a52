/// A set of media types, described by patterns.
///
/// https://www.rfc-editor.org/rfc/rfc9110.html#section-8.3.1
public struct MediaTypeSet: Hashable, Sendable {
  /// The patterns; a member matches at least one.
  public private(set) var patterns: Set<MediaTypePattern> {
    didSet { index = Index(patterns) }
  }

  private var index: Index

  /// Creates a set from patterns.
  ///
  /// - Parameter patterns: The patterns; a member matches at least one.
  public init(_ patterns: some Sequence<MediaTypePattern> = []) {
    self.patterns = Set(patterns)
    index = Index(self.patterns)
  }

  /// Adds the media types that match a pattern.
  ///
  /// - Parameter pattern: The pattern to add.
  public mutating func insert(_ pattern: MediaTypePattern) {
    patterns.insert(pattern)
  }

  /// Removes a pattern; media types that match another pattern remain members.
  ///
  /// - Parameter pattern: The pattern to remove, spelled as it was added.
  public mutating func remove(_ pattern: MediaTypePattern) {
    patterns.remove(pattern)
  }

  /// Whether a `Content-Type` names a member.
  ///
  /// - Parameter contentType: The field's value, including parameters. A value that isn't a media
  ///   type is in no set.
  /// - Returns: True if the media type matches one of the patterns.
  public func contains(_ contentType: String) -> Bool {
    contentType.withMediaType(contains) ?? false
  }

  func contains(_ mediaType: MediaType) -> Bool { index.contains(mediaType) }
}

extension MediaTypeSet {
  /// The patterns in a form for lookup by bytes, without a lowercase copy of the media type.
  private struct Index: Hashable, Sendable {
    private var matchesAny = false
    private var types: [String] = []
    private var suffixes: [String] = []
    private var families: [Family] = []

    /// The subtypes of one type.
    private struct Family: Hashable {
      var type: String
      var subtypes: [String]
    }

    init(_ patterns: Set<MediaTypePattern>) {
      var subtypes: [String: [String]] = [:]
      for pattern in patterns {
        switch pattern.form {
        case .any: matchesAny = true
        case .type(let type): types.append(type)
        case .suffix(let suffix): suffixes.append(suffix)
        case .exact(let type, let subtype): subtypes[type, default: []].append(subtype)
        }
      }
      // Sorting makes equal sets have equal indexes.
      types.sort()
      suffixes.sort()
      families = subtypes.keys.sorted().map { type in
        Family(type: type, subtypes: subtypes[type, default: []].sorted())
      }
    }

    func contains(_ mediaType: MediaType) -> Bool {
      matchesAny || types.contains(where: mediaType.hasType)
        || (mediaType.hasAnySuffix && suffixes.contains(where: mediaType.hasSuffix))
        || families.contains { family in
          mediaType.hasType(family.type) && family.subtypes.contains(where: mediaType.hasSubtype)
        }
    }
  }
}
