/// A cursor over one field value that reads the rules all fields share.
///
/// Each method is one rule of RFC 9110 §5.6. None of them can fail in a way that stops a parser:
/// a rule that does not match says so and consumes nothing, and every list member is left behind
/// in a time proportional to its length, whatever the peer has put into it.
///
/// https://www.rfc-editor.org/rfc/rfc9110.html#section-5.6
struct FieldValueScanner {
  private var rest: Substring.UTF8View

  init(_ fieldValue: String) {
    rest = fieldValue[...].utf8
  }

  /// Whether the whole value has been read.
  var isAtEnd: Bool { rest.isEmpty }

  /// Whether the current list member has been read to its end.
  var isAtEndOfMember: Bool { rest.first == nil || rest.first == .comma }

  /// Reads one byte if it is the expected one.
  mutating func skip(_ byte: UInt8) -> Bool {
    guard rest.first == byte else { return false }
    rest.removeFirst()
    return true
  }

  /// Reads one ASCII letter in either case.
  mutating func skip(caseInsensitive lowercaseLetter: UInt8) -> Bool {
    guard let byte = rest.first, byte | 0x20 == lowercaseLetter else { return false }
    rest.removeFirst()
    return true
  }

  /// Reads `OWS = *( SP / HTAB )` (RFC 9110 §5.6.3).
  mutating func skipOptionalWhitespace() {
    rest = rest.drop(while: \.isWhitespace)
  }

  /// Reads `token = 1*tchar` (RFC 9110 §5.6.2).
  mutating func token() -> Substring? {
    let token = rest.prefix(while: \.isTokenCharacter)
    guard !token.isEmpty else { return nil }
    rest = rest[token.endIndex...]
    return Substring(token)
  }

  /// Reads a token whose case does not matter, and returns it in lowercase.
  mutating func lowercasedToken() -> String? {
    token()?.lowercased()
  }

  /// Reads one DIGIT and returns its value.
  mutating func digit() -> Int? {
    guard let byte = rest.first, (0x30...0x39).contains(byte) else { return nil }
    rest.removeFirst()
    return Int(byte - 0x30)
  }

  /// Moves to the next member of a list, past the empty ones (RFC 9110 §5.6.1.2).
  ///
  /// - Returns: Whether there is one.
  mutating func advanceToListMember() -> Bool {
    rest = rest.drop { $0 == .comma || $0.isWhitespace }
    return !rest.isEmpty
  }

  /// Leaves the current list member: what is not understood in it is not looked at.
  ///
  /// A comma inside a quoted string is part of the member (RFC 9110 §5.6.4). A quoted string that
  /// nobody closes takes the rest of the value.
  mutating func skipRestOfMember() {
    var isQuoted = false
    var isEscaped = false
    rest = rest.drop { byte in
      if isEscaped {
        isEscaped = false
      } else if isQuoted, byte == .backslash {
        isEscaped = true
      } else if byte == .quote {
        isQuoted.toggle()
      } else if byte == .comma, !isQuoted {
        return false
      }
      return true
    }
  }

  /// Leaves the current member of a list that has no quoted strings.
  mutating func skipToComma() {
    rest = rest.drop { $0 != .comma }
  }
}

extension UInt8 {
  static let comma = UInt8(ascii: ",")
  static let semicolon = UInt8(ascii: ";")
  static let equals = UInt8(ascii: "=")
  static let slash = UInt8(ascii: "/")
  static let period = UInt8(ascii: ".")
  static let quote = UInt8(ascii: "\"")
  static let backslash = UInt8(ascii: "\\")

  /// `SP / HTAB`, the two bytes of OWS (RFC 9110 §5.6.3).
  var isWhitespace: Bool { self == 0x20 || self == 0x09 }

  /// `tchar` (RFC 9110 §5.6.2).
  var isTokenCharacter: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"),
      UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"),
      UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "_"),
      UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
      true
    default:
      false
    }
  }
}
