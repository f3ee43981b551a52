import HTTPTypes

/// What the fields of a response's head say about its coding and its framing: the one look that is taken at
/// them.
///
/// Everything that is decided about the response, and every edit of its head, comes from here.
package struct HeadFacts: Sendable {
  /// What `Content-Length` declares.
  package enum Length: Sendable, Equatable {
    case absent
    /// This many bytes.
    case exactly(Int)
    /// Not one decimal number (RFC 9110 §8.6): nothing.
    case unreadable
  }

  /// Fields that are there, or say something.
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
    /// Another field of a connection of HTTP/1.
    package static let hopByHop = Marks(rawValue: 1 << 5)
    /// The directive `no-transform` (RFC 9111 §5.2.2.6).
    package static let noTransform = Marks(rawValue: 1 << 6)
    /// `Transfer-Encoding`.
    package static let transferEncoding = Marks(rawValue: 1 << 7)
    /// `Vary`.
    package static let vary = Marks(rawValue: 1 << 8)
    /// `Vary` with `Accept-Encoding` or `*` (RFC 9110 §12.5.5).
    package static let variesOnAcceptEncoding = Marks(rawValue: 1 << 9)
  }

  /// How many lines there are.
  package private(set) var lineCount = 0
  package private(set) var marks: Marks = []
  /// What `Content-Length` declares.
  package private(set) var contentLength = Length.absent
  /// Whether that is written as the server would write it, without zeros in front.
  private(set) var isContentLengthPlain = false
  /// The media type of the content with its parameters; several lines are joined.
  package private(set) var contentType: String?
  /// The entity tag; several lines are joined.
  package private(set) var entityTag: String?
  /// The lines of `Content-Encoding`, which hardly any head has.
  private(set) var contentEncodings: [String] = []

  /// What no field says anything about.
  package init() {}

  /// Looks at fields.
  package init(_ fields: some HeaderFields) {
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
    case .hopByHop: marks.insert(.hopByHop)
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

  /// The declared length in bytes; nil where there is none or where it isn't one decimal number.
  package var declaredByteCount: Int? {
    if case .exactly(let byteCount) = contentLength { byteCount } else { nil }
  }

  /// Whether there is a `Content-Encoding`.
  package var hasContentEncoding: Bool { !contentEncodings.isEmpty }

  /// What kind of content it is, by its media type.
  package var contentKind: BodyDescription.Kind {
    contentType?.withMediaType(\.kind) ?? .other
  }

  /// Whether the content is an event stream (HTML §9.2).
  package var isEventStream: Bool {
    contentType?.withMediaType(\.isEventStream) == true
  }
}

// The codings that a head says its content has already.
extension HeadFacts {
  /// Why a `Content-Encoding` keeps the content from being coded.
  var contentEncodingObstacle: ContentCodingDecision.Reason? {
    guard !contentEncodings.isEmpty else { return nil }
    let codings = leadingTokensOfContentEncoding
    guard !codings.isEmpty else { return nil }
    return codings.allSatisfy(\.namesNoCoding) ? .optedOut : .alreadyEncoded
  }

  /// `Content-Encoding` without `identity` and `none`, neither of which may be sent (RFC 9110 §8.4.1); a list
  /// that isn't one of tokens stays as it is beside them.
  var contentEncodingToSend: HeadEdits.Edit {
    guard !contentEncodings.isEmpty else { return .none }
    let codings = leadingTokensOfContentEncoding
    let applied = codings.filter { !$0.namesNoCoding }
    guard !applied.isEmpty else { return .remove }
    guard applied.count < codings.count, contentEncodings.allSatisfy(\.isListOfTokens) else {
      return .none
    }
    return .set(applied.joined(separator: ", "))
  }

  /// The token that each member begins with, in lowercase; a member that doesn't begin with a token is an empty
  /// string, because that something is there may matter.
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
  /// Whether an application writes this into `Content-Encoding` to say that there is none.
  ///
  /// `identity` is reserved for `Accept-Encoding` (RFC 9110 §8.4.1), and `none` was never
  /// registered: neither may be sent.
  fileprivate var namesNoCoding: Bool { self == "identity" || self == "none" }

  /// Whether a member of the list begins with the token, in any case.
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

  /// Whether a `Trailer` says that a digest will follow the content (RFC 9110 §6.6.2).
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
