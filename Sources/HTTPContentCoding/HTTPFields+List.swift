import HTTPTypes

extension HTTPFields {
  /// The token that each member of a list-based field begins with, in lowercase, over all lines.
  ///
  /// The codings of `Content-Encoding`, the directives of `Cache-Control` without their arguments
  /// (whose quoted strings are not searched). A member that does not begin with a token is reported
  /// as an empty string, because that something is there may matter.
  ///
  /// https://www.rfc-editor.org/rfc/rfc9110.html#section-5.6.1
  func leadingTokens(of name: HTTPField.Name) -> [String] {
    var tokens: [String] = []
    for value in self[values: name] {
      var scanner = FieldValueScanner(value)
      while scanner.advanceToListMember() {
        tokens.append(scanner.lowercasedToken() ?? "")
        scanner.skipRestOfMember()
      }
    }
    return tokens
  }

  /// Whether every member of a list-based field is a token, over all lines.
  func isListOfTokens(_ name: HTTPField.Name) -> Bool {
    for value in self[values: name] {
      var scanner = FieldValueScanner(value)
      while scanner.advanceToListMember() {
        guard scanner.token() != nil else { return false }
        scanner.skipOptionalWhitespace()
        guard scanner.isAtEndOfMember else { return false }
      }
    }
    return true
  }

  /// The members of a list of tokens, in lowercase, over all lines.
  ///
  /// Such a list, as `Vary` is one, has no quoted strings: every comma separates, also one after a
  /// stray double quote. Members that are not tokens are left out.
  func tokenMembers(of name: HTTPField.Name) -> [String] {
    var tokens: [String] = []
    for value in self[values: name] {
      var scanner = FieldValueScanner(value)
      while scanner.advanceToListMember() {
        let token = scanner.lowercasedToken()
        scanner.skipOptionalWhitespace()
        if let token, scanner.isAtEndOfMember { tokens.append(token) }
        scanner.skipToComma()
      }
    }
    return tokens
  }
}
