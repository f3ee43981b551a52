/// The type and subtype of a `Content-Type` field, without its parameters.
///
/// ``Swift/String/withMediaType(_:)`` provides it; it reads the field's bytes in place.
///
/// https://www.rfc-editor.org/rfc/rfc9110.html#section-8.3.1
struct MediaType {
  private let scanner: FieldValueScanner
  private let type: Range<Int>
  private let subtype: Range<Int>
  /// The structured syntax suffix (RFC 6838 §4.2.8), after the last plus sign.
  private let suffix: Range<Int>?

  /// Reads `media-type = type "/" subtype parameters`.
  ///
  /// Parameters are ignored: a malformed parameter says nothing about the type. Parsing fails if
  /// the value doesn't begin with a media type, and for a list of them, which results from joining
  /// two fields.
  fileprivate init?(_ scanner: inout FieldValueScanner) {
    scanner.skipOptionalWhitespace()
    guard let type = scanner.token(), scanner.skip(.slash), let subtype = scanner.token() else {
      return nil
    }
    scanner.skipOptionalWhitespace()
    guard scanner.isAtEnd || scanner.skip(.semicolon) else { return nil }
    self.scanner = scanner
    self.type = type
    self.subtype = subtype
    suffix = scanner.lastIndex(of: UInt8(ascii: "+"), in: subtype)
      .map { $0 + 1..<subtype.upperBound }
  }

  func hasType(_ lowercase: String) -> Bool { scanner.matches(type, lowercase) }

  func hasSubtype(_ lowercase: String) -> Bool { scanner.matches(subtype, lowercase) }

  /// Whether it has a structured syntax suffix.
  var hasAnySuffix: Bool { suffix != nil }

  /// Whether its structured syntax suffix is this one, such as `json`.
  func hasSuffix(_ lowercase: String) -> Bool {
    suffix.map { scanner.matches($0, lowercase) } ?? false
  }

  /// Whether this is gRPC, which compresses and frames each message itself.
  var isGRPC: Bool {
    guard scanner.matches(type, "application") else { return false }
    let name = subtype.prefix(4)
    guard scanner.matches(name, "grpc") else { return false }
    let next = name.upperBound..<min(name.upperBound + 1, subtype.upperBound)
    return next.isEmpty || scanner.matches(next, "+") || scanner.matches(next, "-")
  }

  /// Whether this is an event stream (HTML §9.2).
  var isEventStream: Bool {
    scanner.matches(type, "text") && scanner.matches(subtype, "event-stream")
  }
}

extension String {
  /// Parses this as a `Content-Type`.
  ///
  /// - Parameter body: Receives the media type.
  /// - Returns: The result of `body`; nil if the value isn't a media type.
  func withMediaType<Result>(_ body: (MediaType) -> Result) -> Result? {
    scanningFieldValue { scanner in MediaType(&scanner).map(body) }
  }
}
