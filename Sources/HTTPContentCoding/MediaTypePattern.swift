/// A pattern that media types are compared with: `text/*`, `*+json` or `application/wasm`.
///
/// Case and parameters play no part in the comparison.
///
/// https://www.rfc-editor.org/rfc/rfc9110.html#section-8.3.1
public struct MediaTypePattern: Hashable, Sendable {
  /// What a pattern leaves open.
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
    var scanner = FieldValueScanner(text)
    guard let type = scanner.lowercasedToken() else { return nil }
    if type.hasPrefix("*+"), scanner.isAtEnd {
      let suffix = String(type.dropFirst(2))
      guard !suffix.isEmpty, !suffix.contains("*") else { return nil }
      self.init(.suffix(suffix))
      return
    }
    guard scanner.skip(.slash), let subtype = scanner.lowercasedToken(), scanner.isAtEnd else {
      return nil
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
