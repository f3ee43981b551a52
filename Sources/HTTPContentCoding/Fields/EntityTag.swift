/// An entity tag, as far as content coding is concerned with it.
///
/// The tag of coded content is derived from the original's: a strong `"v1"` becomes the weak
/// `W/"v1--gzip"`, its opaque tag followed by `--` and the name of the coding. A weak tag stays as
/// it is, because it never identified exact bytes. Only this type knows the form.
///
/// https://www.rfc-editor.org/rfc/rfc9110.html#section-8.8.3
struct EntityTag: Equatable {
  /// Whether it is a weak validator.
  let isWeak: Bool
  /// The tag with its quotes, without `W/`.
  private var opaqueTag: Substring

  /// Reads `entity-tag = [ %s"W/" ] DQUOTE *etagc DQUOTE`; fails on anything else.
  init?(_ fieldValue: some StringProtocol) {
    let text = Substring(fieldValue)
    isWeak = text.utf8.starts(with: "W/".utf8)
    opaqueTag = isWeak ? text[text.utf8.index(text.startIndex, offsetBy: 2)...] : text
    let bytes = opaqueTag.utf8
    guard bytes.count >= 2, bytes.first == .quote, bytes.last == .quote,
      bytes.dropFirst().dropLast().allSatisfy(\.isEntityTagCharacter)
    else { return nil }
  }

  private init(strong opaqueTag: Substring) {
    isWeak = false
    self.opaqueTag = opaqueTag
  }

  static func == (left: Self, right: Self) -> Bool {
    left.isWeak == right.isWeak && left.matchesWeakly(right)
  }

  /// The tag as it appears in a field.
  var text: String { isWeak ? "W/\(opaqueTag)" : String(opaqueTag) }

  /// Whether the opaque tags are the same: the weak comparison (RFC 9110 §8.8.3.2).
  func matchesWeakly(_ other: EntityTag) -> Bool {
    opaqueTag.utf8.elementsEqual(other.opaqueTag.utf8)
  }

  /// Returns the tag of the content after a coding: a weak validator that ``uncoded(offering:)``
  /// reverses.
  func coded(by coding: ContentCoding) -> String {
    guard !isWeak else { return text }
    return
      "W/\(opaqueTag[..<opaqueTag.utf8.index(before: opaqueTag.endIndex)])\(Self.suffix(coding))"
  }

  /// Returns the tag from which one of the codings derived this one, with that coding.
  ///
  /// - Parameter codings: The codings on offer.
  /// - Returns: The strong tag and the coding; nil if no offered coding derived this tag.
  func uncoded(offering codings: [ContentCoding]) -> (tag: EntityTag, coding: ContentCoding)? {
    guard isWeak else { return nil }
    let bytes = opaqueTag.utf8
    for coding in codings where coding != .identity {
      let suffix = Self.suffix(coding).utf8
      // The suffix doesn't include the opening quote.
      guard bytes.count > suffix.count, bytes.suffix(suffix.count).elementsEqual(suffix) else {
        continue
      }
      let end = bytes.index(bytes.endIndex, offsetBy: -suffix.count)
      return (EntityTag(strong: "\(opaqueTag[..<end])\""[...]), coding)
    }
    return nil
  }

  private static func suffix(_ coding: ContentCoding) -> String { "--\(coding.name)\"" }

  /// Splits a list of entity tags into members without surrounding whitespace; a malformed member
  /// is kept as it is.
  ///
  /// A comma inside quotes is part of its tag.
  static func members(of fieldValue: String) -> [Substring] {
    var members: [Substring] = []
    let bytes = fieldValue.utf8
    var index = bytes.startIndex
    while index < bytes.endIndex {
      index = bytes[index...].firstIndex { $0 != .comma && !$0.isWhitespace } ?? bytes.endIndex
      guard index < bytes.endIndex else { break }
      var isQuoted = false
      let end =
        bytes[index...].firstIndex { byte in
          if byte == .quote { isQuoted.toggle() }
          return byte == .comma && !isQuoted
        } ?? bytes.endIndex
      var last = end
      while last > index, bytes[bytes.index(before: last)].isWhitespace {
        last = bytes.index(before: last)
      }
      members.append(fieldValue[index..<last])
      index = end
    }
    return members
  }
}

extension UInt8 {
  /// `etagc = %x21 / %x23-7E / obs-text`: anything visible but a double quote.
  fileprivate var isEntityTagCharacter: Bool {
    switch self {
    case 0x21, 0x23...0x7E, 0x80...0xFF: true
    default: false
    }
  }
}
