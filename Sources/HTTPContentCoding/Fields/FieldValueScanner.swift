/// A cursor over one field value, with the grammar rules that all fields share.
///
/// Each method implements one rule of RFC 9110 §5.6. No input stops a parser: a rule that doesn't
/// match returns a result that says so and consumes nothing, and skipping a list member takes time
/// proportional to its length. No rule allocates.
///
/// https://www.rfc-editor.org/rfc/rfc9110.html#section-5.6
///
/// The scanner reads the string's bytes in place and is valid only within
/// ``Swift/String/scanningFieldValue(_:)``.
@safe struct FieldValueScanner {
  private let bytes: UnsafeBufferPointer<UInt8>
  /// The number of bytes in the value.
  let count: Int
  private var position = 0

  fileprivate init(_ bytes: UnsafeBufferPointer<UInt8>) {
    unsafe self.bytes = bytes
    count = bytes.count
  }

  /// The next byte; nil at the end.
  private var next: UInt8? {
    guard position < count else { return nil }
    return unsafe bytes[position]
  }

  /// Returns the letter at an index in lowercase; NUL if there is no byte.
  ///
  /// A byte that isn't a letter may become another one.
  func letter(_ index: Int) -> Unicode.Scalar {
    guard index < count else { return "\0" }
    return Unicode.Scalar(unsafe bytes[index] | 0x20)
  }

  /// The range of the value without surrounding spaces and tabs.
  var content: Range<Int> {
    var (start, end) = (0, count)
    while start < end, unsafe bytes[start].isWhitespace { start += 1 }
    while start < end, unsafe bytes[end - 1].isWhitespace { end -= 1 }
    return start..<end
  }

  private mutating func skip(while condition: (UInt8) -> Bool) {
    while let byte = next, condition(byte) { position += 1 }
  }

  /// Whether a scanned range equals an ASCII text, ignoring case.
  ///
  /// - Parameters:
  ///   - range: The range.
  ///   - lowercase: The text: lowercase letters, digits, and `-`, `+` or `*`.
  /// - Returns: True if they are equal.
  func matches(_ range: Range<Int>, _ lowercase: StaticString) -> Bool {
    let length = lowercase.utf8CodeUnitCount
    guard range.upperBound <= count, range.count == length else { return false }
    guard let base = unsafe bytes.baseAddress else { return length == 0 }
    let (text, expected) = unsafe (UnsafeRawPointer(base + range.lowerBound), lowercase.rawStart)
    var offset = 0
    // Eight bytes at a time; the last eight may overlap those before.
    while length >= 8, offset < length {
      let start = min(offset, length - 8)
      let (word, wanted) = unsafe (
        text.loadUnaligned(fromByteOffset: start, as: UInt64.self),
        expected.loadUnaligned(fromByteOffset: start, as: UInt64.self)
      )
      guard word.equals(lowercase: wanted) else { return false }
      offset += 8
    }
    while offset < length {
      let (byte, wanted) = unsafe (
        text.load(fromByteOffset: offset, as: UInt8.self),
        expected.load(fromByteOffset: offset, as: UInt8.self)
      )
      guard byte.equals(lowercase: wanted) else { return false }
      offset += 1
    }
    return true
  }

  /// Whether the whole value equals an ASCII text, ignoring case: see ``matches(_:_:)``.
  func matches(_ lowercase: StaticString) -> Bool { matches(0..<count, lowercase) }

  /// Whether a scanned range equals an ASCII text, ignoring case.
  func matches(_ range: Range<Int>, _ lowercase: String) -> Bool {
    unsafe lowercase.withBytes { lowercase in unsafe matches(range, lowercase) }
  }

  private func matches(_ range: Range<Int>, _ lowercase: UnsafeBufferPointer<UInt8>) -> Bool {
    guard range.upperBound <= count, lowercase.count == range.count else { return false }
    for offset in 0..<lowercase.count {
      let (byte, expected) = unsafe (bytes[range.lowerBound + offset], lowercase[offset])
      if byte != expected && byte.asciiLowercase != expected { return false }
    }
    return true
  }

  /// Returns the text of a scanned range.
  func text(_ range: Range<Int>) -> String {
    unsafe String(decoding: bytes[range], as: UTF8.self)
  }

  /// Returns the last index of a byte within a scanned range.
  func lastIndex(of byte: UInt8, in range: Range<Int>) -> Int? {
    range.last { unsafe bytes[$0] == byte }
  }

  /// Whether the whole value has been read.
  var isAtEnd: Bool { position == count }

  /// Whether the current list member has been read to its end.
  var isAtEndOfMember: Bool { next == nil || next == .comma }

  /// Reads one byte if it is the expected one.
  mutating func skip(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    position += 1
    return true
  }

  /// Reads one ASCII letter in either case.
  mutating func skip(caseInsensitive lowercaseLetter: UInt8) -> Bool {
    guard next?.asciiLowercase == lowercaseLetter else { return false }
    position += 1
    return true
  }

  /// Reads `OWS = *( SP / HTAB )` (RFC 9110 §5.6.3).
  mutating func skipOptionalWhitespace() {
    skip { $0.isWhitespace }
  }

  /// Reads `token = 1*tchar` (RFC 9110 §5.6.2).
  ///
  /// - Returns: The token's range; nil if there is no token.
  mutating func token() -> Range<Int>? {
    let start = position
    skip { $0.isTokenCharacter }
    return start < position ? start..<position : nil
  }

  /// Reads one DIGIT and returns its value.
  mutating func digit() -> Int? {
    guard let byte = next, (0x30...0x39).contains(byte) else { return nil }
    position += 1
    return Int(byte - 0x30)
  }

  /// Moves to the next member of a list and skips empty ones (RFC 9110 §5.6.1.2).
  ///
  /// - Returns: False at the end of the list.
  mutating func advanceToListMember() -> Bool {
    skip { $0 == .comma || $0.isWhitespace }
    return !isAtEnd
  }

  /// Skips the rest of the current list member without interpreting it.
  ///
  /// A comma inside a quoted string is part of the member (RFC 9110 §5.6.4). An unterminated quoted
  /// string extends to the end of the value.
  mutating func skipRestOfMember() {
    var isQuoted = false
    var isEscaped = false
    skip { byte in
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

  /// Skips the rest of the current member of a list that has no quoted strings.
  mutating func skipToComma() {
    skip { $0 != .comma }
  }
}

extension String {
  /// Scans this string as a field value.
  ///
  /// - Parameter body: Receives a cursor at the start of the value.
  /// - Returns: The result of `body`.
  func scanningFieldValue<Result>(_ body: (inout FieldValueScanner) -> Result) -> Result {
    unsafe withBytes { bytes in
      var scanner = unsafe FieldValueScanner(bytes)
      return body(&scanner)
    }
  }

  /// Calls the body with the text's bytes in place; a string without native storage is copied.
  fileprivate func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    if let result = unsafe utf8.withContiguousStorageIfAvailable(body) { return result }
    var own = self
    return own.withUTF8(body)
  }

  /// Whether this equals an ASCII text, ignoring case.
  ///
  /// - Parameter lowercase: The text in lowercase.
  /// - Returns: True if they are equal.
  package func isASCII(caseInsensitive lowercase: StaticString) -> Bool {
    scanningFieldValue { $0.matches(lowercase) }
  }

  /// The field value without surrounding spaces and tabs, which aren't part of it (RFC 9110 §5.5).
  package var trimmingOptionalWhitespace: String {
    scanningFieldValue { scanner in
      let content = scanner.content
      return content.count == scanner.count ? self : scanner.text(content)
    }
  }

  /// Whether a list without quoted strings has a member, ignoring case (RFC 9110 §5.6.1).
  ///
  /// - Parameter lowercase: The member in lowercase, a token.
  /// - Returns: True if the list has the member.
  package func hasListMember(_ lowercase: StaticString) -> Bool {
    scanningFieldValue { scanner in
      while scanner.advanceToListMember() {
        let token = scanner.token()
        scanner.skipOptionalWhitespace()
        if scanner.isAtEndOfMember, let token, scanner.matches(token, lowercase) { return true }
        scanner.skipToComma()
      }
      return false
    }
  }
}

extension FixedWidthInteger {
  /// Whether each byte equals a lowercase letter in either case, or another byte exactly.
  ///
  /// - Parameter wanted: Lowercase letters, digits, and `-`, `+` or `*`.
  /// - Returns: True if all bytes are equal.
  fileprivate func equals(lowercase wanted: Self) -> Bool {
    // Of these bytes letters alone have the bit 0x40. Its neighbor is the difference of the cases.
    let cases = (wanted & Self(truncatingIfNeeded: 0x4040_4040_4040_4040 as UInt64)) >> 1
    return self | cases == wanted
  }
}

extension StaticString {
  fileprivate var rawStart: UnsafeRawPointer { unsafe UnsafeRawPointer(utf8Start) }
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

  /// The letter in lowercase; any other byte unchanged.
  var asciiLowercase: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }

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
