import HTTPTypes

/// What a response's header fields say about its coding and framing, collected in one pass.
///
/// All decisions about the response, and all edits of its head, use these facts.
package struct HeadFacts: Sendable {
  /// The length that `Content-Length` declares.
  package enum Length: Sendable, Equatable {
    case absent
    /// This many bytes.
    case exactly(Int)
    /// The value isn't one decimal number (RFC 9110 §8.6) and declares nothing.
    case unreadable
  }

  /// Facts that are either true or false.
  package struct Marks: OptionSet, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
      self.rawValue = rawValue
    }

    /// `Accept-Ranges`.
    package static let acceptRanges = Marks(rawValue: 1 << 0)
    /// `Connection`.
    package static let connection = Marks(rawValue: 1 << 1)
    /// `Connection` with the option `close` (RFC 9112 §9.6).
    package static let asksToClose = Marks(rawValue: 1 << 2)
    /// `Content-Range`.
    package static let contentRange = Marks(rawValue: 1 << 3)
    /// A digest of the content, here or announced by `Trailer` (RFC 9110 §6.6.2).
    package static let digest = Marks(rawValue: 1 << 4)
    /// Another field that is specific to an HTTP/1 connection.
    package static let hopByHop = Marks(rawValue: 1 << 5)
    /// The directive `no-transform` (RFC 9111 §5.2.2.6).
    package static let noTransform = Marks(rawValue: 1 << 6)
    /// `Transfer-Encoding`.
    package static let transferEncoding = Marks(rawValue: 1 << 7)
    /// `Vary`.
    package static let vary = Marks(rawValue: 1 << 8)
    /// `Vary` with `Accept-Encoding` or `*` (RFC 9110 §12.5.5).
    package static let variesOnAcceptEncoding = Marks(rawValue: 1 << 9)

    /// The fields of these marks that an edit can remove.
    var fields: KnownField.Set {
      var fields: KnownField.Set = []
      if contains(.acceptRanges) { fields.insert(.acceptRanges) }
      if contains(.connection) { fields.insert(.connection) }
      if contains(.hopByHop) {
        fields.insert(.hopByHop)
        fields.insert(.upgrade)
      }
      if contains(.transferEncoding) { fields.insert(.transferEncoding) }
      return fields
    }
  }

  /// The number of field lines.
  package private(set) var lineCount = 0
  package private(set) var marks: Marks = []
  /// The length that `Content-Length` declares.
  package private(set) var contentLength = Length.absent
  /// Whether the length is written without leading zeros, as the server would write it.
  private(set) var isContentLengthPlain = false
  /// The media type of the content with its parameters; several lines are joined.
  package private(set) var contentType: String?
  /// The entity tag; several lines are joined.
  package private(set) var entityTag: String?
  /// The lines of `Content-Encoding`, usually none.
  private(set) var contentEncodings: [String] = []

  /// Creates facts of a head without fields.
  package init() {}

  /// Collects the facts from header fields.
  package init(_ fields: some HeaderFields) {
    read(fields)
  }

  private mutating func read(_ fields: some HeaderFields) {
    lineCount = fields.forEachKnownLine { note($0, $1) }
  }

  private mutating func note(_ field: KnownField, _ value: String) {
    switch field {
    case .acceptRanges: marks.insert(.acceptRanges)
    case .cacheControl:
      if value.hasMember(beginningWith: "no-transform") { marks.insert(.noTransform) }
    case .connection:
      marks.insert(.connection)
      if value.hasListMember("close") { marks.insert(.asksToClose) }
    case .contentEncoding: contentEncodings.append(value)
    case .contentLength:
      let length = HTTPFields.contentLength(value)
      isContentLengthPlain = value.utf8.first != UInt8(ascii: "0") || value.utf8.count == 1
      contentLength =
        contentLength == .absent ? length.map(Length.exactly) ?? .unreadable : .unreadable
    case .contentRange: marks.insert(.contentRange)
    case .contentType: contentType = contentType.map { "\($0), \(value)" } ?? value
    case .digest: marks.insert(.digest)
    case .entityTag: entityTag = entityTag.map { "\($0), \(value)" } ?? value
    case .hopByHop, .upgrade: marks.insert(.hopByHop)
    case .trailer: if value.announcesDigest { marks.insert(.digest) }
    case .transferEncoding: marks.insert(.transferEncoding)
    case .vary:
      marks.insert(.vary)
      if value.hasListMember("*") || value.hasListMember("accept-encoding") {
        marks.insert(.variesOnAcceptEncoding)
      }
    case .acceptEncoding, .ifMatch, .ifNoneMatch, .ifRange: break
    }
  }

  /// The declared length in bytes; nil if there is none or it isn't one decimal number.
  package var declaredByteCount: Int? {
    if case .exactly(let byteCount) = contentLength { byteCount } else { nil }
  }

  /// Whether there is a `Content-Encoding`.
  package var hasContentEncoding: Bool { !contentEncodings.isEmpty }

}

// Codings that the content already has
extension HeadFacts {
  /// Why `Content-Encoding` prevents coding the content; nil if it doesn't.
  var contentEncodingObstacle: ContentCodingDecision.Reason? {
    guard !contentEncodings.isEmpty else { return nil }
    let codings = leadingTokensOfContentEncoding
    guard !codings.isEmpty else { return nil }
    return codings.allSatisfy(\.namesNoCoding) ? .optedOut : .alreadyEncoded
  }

  /// The change that removes `identity` and `none` from `Content-Encoding`, because neither may be
  /// sent (RFC 9110 §8.4.1).
  ///
  /// A list that has other members than tokens stays as it is.
  var contentEncodingToSend: HeadEdits.ContentEncodingEdit {
    guard !contentEncodings.isEmpty else { return .none }
    let codings = leadingTokensOfContentEncoding
    let applied = codings.filter { !$0.namesNoCoding }
    guard !applied.isEmpty else { return .remove }
    guard applied.count < codings.count, contentEncodings.allSatisfy(\.isListOfTokens) else {
      return .none
    }
    return .set(applied.joined(separator: ", "))
  }

  /// The leading token of each member, in lowercase; an empty string for a member without one,
  /// because its presence may matter.
  private var leadingTokensOfContentEncoding: [String] {
    var tokens: [String] = []
    for line in contentEncodings {
      line.scanningFieldValue { scanner in
        while scanner.advanceToListMember() {
          tokens.append(scanner.token().map { scanner.text($0).lowercased() } ?? "")
          scanner.skipRestOfMember()
        }
      }
    }
    return tokens
  }
}

extension String {
  /// Whether an application uses this in `Content-Encoding` to declare that there is no coding.
  ///
  /// `identity` is reserved for `Accept-Encoding` (RFC 9110 §8.4.1), and `none` was never
  /// registered, so neither may be sent.
  fileprivate var namesNoCoding: Bool { self == "identity" || self == "none" }

  /// Whether a member of the list begins with the token, ignoring case.
  ///
  /// Quoted strings aren't searched.
  fileprivate func hasMember(beginningWith lowercase: StaticString) -> Bool {
    scanningFieldValue { scanner in
      while scanner.advanceToListMember() {
        if let token = scanner.token(), scanner.matches(token, lowercase) { return true }
        scanner.skipRestOfMember()
      }
      return false
    }
  }

  /// Whether every member of a list is a token.
  fileprivate var isListOfTokens: Bool {
    scanningFieldValue { scanner in
      while scanner.advanceToListMember() {
        guard scanner.token() != nil else { return false }
        scanner.skipOptionalWhitespace()
        guard scanner.isAtEndOfMember else { return false }
      }
      return true
    }
  }

  /// Whether a `Trailer` announces a digest after the content (RFC 9110 §6.6.2).
  fileprivate var announcesDigest: Bool {
    scanningFieldValue { scanner in
      while scanner.advanceToListMember() {
        let name = scanner.token()
        scanner.skipOptionalWhitespace()
        if scanner.isAtEndOfMember, let name, KnownField(scanner.text(name)) == .digest {
          return true
        }
        scanner.skipToComma()
      }
      return false
    }
  }
}
