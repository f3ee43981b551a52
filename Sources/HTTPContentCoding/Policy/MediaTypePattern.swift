/// A pattern that matches media types: `text/*`, `*+json` or `application/wasm`.
///
/// Matching ignores case and parameters.
///
/// https://www.rfc-editor.org/rfc/rfc9110.html#section-8.3.1
public struct MediaTypePattern: Hashable, Sendable {
  /// What a pattern matches.
  enum Form: Hashable, Sendable {
    case any
    case type(String)
    case suffix(String)
    case exact(type: String, subtype: String)
  }

  let form: Form

  init(_ form: Form) {
    self.form = form
  }

  /// Creates a pattern from its text.
  ///
  /// - Parameter text: One of `type/subtype`, `type/*`, `*+suffix` (a structured syntax suffix of
  ///   any type, RFC 6838 §4.2.8) and `*/*`. The initializer fails on anything else, parameters
  ///   included.
  public init?(_ text: String) {
    let (type, subtype) = text.scanningFieldValue { scanner -> (String?, String?) in
      let type = scanner.token().map { scanner.text($0).lowercased() }
      if scanner.isAtEnd { return (type, nil) }
      guard scanner.skip(.slash), let subtype = scanner.token(), scanner.isAtEnd else {
        return (nil, nil)
      }
      return (type, scanner.text(subtype).lowercased())
    }
    guard let type else { return nil }
    guard let subtype else {
      let suffix = String(type.dropFirst(2))
      guard type.hasPrefix("*+"), !suffix.isEmpty, !suffix.contains("*") else { return nil }
      self.init(.suffix(suffix))
      return
    }
    switch (type, subtype) {
    case ("*", "*"): self.init(.any)
    case (_, _) where type.contains("*"): return nil
    case (_, "*"): self.init(.type(type))
    case (_, _) where subtype.contains("*"): return nil
    case (_, _): self.init(.exact(type: type, subtype: subtype))
    }
  }
}

extension MediaTypePattern: CustomStringConvertible {
  /// The pattern's text, in lowercase.
  public var description: String {
    switch form {
    case .any: "*/*"
    case .type(let type): "\(type)/*"
    case .suffix(let suffix): "*+\(suffix)"
    case .exact(let type, let subtype): "\(type)/\(subtype)"
    }
  }
}
