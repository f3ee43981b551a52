public import HTTPTypes

/// A client's content coding preferences, parsed from its `Accept-Encoding` field.
///
/// Parsing is total: no field value makes it fail or trap, and it takes time proportional to the
/// value's length. Malformed input never makes a coding acceptable:
///
/// - A coding followed by something other than a well-formed weight counts as refused. Parameters
///   after the weight, which this field doesn't define, are ignored.
/// - A list member that doesn't begin with a token is skipped.
/// - If a coding appears twice, the lower weight counts, so a refusal always wins.
///
/// https://www.rfc-editor.org/rfc/rfc9110.html#section-12.5.3
public struct AcceptEncoding: Hashable, Sendable {
  /// The weights of the codings that the field names; common codings have stored properties.
  private var gzip: QualityValue?
  private var deflate: QualityValue?
  private var brotli: QualityValue?
  private var zstd: QualityValue?
  private var identity: QualityValue?
  private var others: [String: QualityValue] = [:]

  /// The weight of `*`, which stands for every coding that the field does not name.
  private var wildcardQuality: QualityValue?

  /// Whether the request has the field, even if it is empty.
  ///
  /// A client that sends no field has stated no preference. A client that sends an empty field
  /// wants no content coding.
  public private(set) var isFieldPresent = false

  /// Reads the preference from a request's fields.
  ///
  /// - Parameter fields: The fields of the request. Several `Accept-Encoding` lines are one list
  ///   (RFC 9110 §5.3).
  public init(_ fields: HTTPFields) {
    self.init(fieldValues: fields[values: .acceptEncoding])
  }

  /// Reads the preference from the field's values.
  ///
  /// - Parameter fieldValues: The value of each `Accept-Encoding` field line, in order. An empty
  ///   sequence means that the field is absent.
  @inlinable
  public init(fieldValues: some Sequence<String>) {
    self.init()
    for fieldValue in fieldValues { read(fieldValue) }
  }

  /// The preference of a request that has no `Accept-Encoding` field.
  @usableFromInline
  package init() {}

  /// Keeps only the weights of some codings, so that a long field doesn't stay in memory.
  ///
  /// - Parameter codings: The codings that will be looked up; identity is always kept.
  package mutating func narrow(to codings: [ContentCoding]) {
    guard others.count > Self.ordinaryCount else { return }
    let field = self
    others = [:]
    for coding in codings { self[coding] = field.quality(of: coding) }
  }

  /// Browsers name at most four codings that have no stored property.
  private static var ordinaryCount: Int { 4 }

  private subscript(coding: ContentCoding) -> QualityValue? {
    get {
      switch coding.form {
      case .gzip: gzip
      case .deflate: deflate
      case .brotli: brotli
      case .zstd: zstd
      case .identity: identity
      case .other(let name): others.isEmpty ? nil : others[name]
      }
    }
    set {
      switch coding.form {
      case .gzip: gzip = newValue
      case .deflate: deflate = newValue
      case .brotli: brotli = newValue
      case .zstd: zstd = newValue
      case .identity: identity = newValue
      case .other(let name): others[name] = newValue
      }
    }
  }

  /// Returns the client's weight for a coding.
  ///
  /// An explicit entry overrides `*`. If `identity` is neither named nor matched by `*`, it is
  /// acceptable but ranks below anything the client names. Without the field every coding is
  /// acceptable (RFC 9110 §12.5.3).
  ///
  /// - Parameter coding: The coding to look up, ``ContentCoding/identity`` included.
  /// - Returns: The coding's weight, ``QualityValue/notAcceptable`` for a coding that must not
  ///   be used.
  public func quality(of coding: ContentCoding) -> QualityValue {
    guard isFieldPresent else { return .mostPreferred }
    if let quality = self[coding] ?? wildcardQuality { return quality }
    return coding == .identity ? .leastPreferred : .notAcceptable
  }

  /// Whether the client accepts a response without a content coding.
  ///
  /// Only `identity;q=0`, or `*;q=0` without an entry for `identity`, makes this false (RFC 9110
  /// §12.5.3).
  public var isIdentityAcceptable: Bool { quality(of: .identity).isAcceptable }

  /// Returns the offered coding that the client prefers.
  ///
  /// Among codings of equal weight the first offered wins, except that deflate never precedes gzip:
  /// clients disagree on its meaning (RFC 9110 §8.4.1.2). Any coding precedes identity of the same
  /// weight. An absent field makes every coding acceptable; sending identity in that case is up to
  /// the ``CompressionPolicy``.
  ///
  /// - Parameter offered: The codings that the server has, in order of preference.
  /// - Returns: One of `offered`, ``ContentCoding/identity`` if that is acceptable and either
  ///   preferred or all that is left, or `nil` if nothing is acceptable.
  public func preferredCoding(among offered: some Sequence<ContentCoding>) -> ContentCoding? {
    var preferred: (coding: ContentCoding, quality: QualityValue)?
    for coding in offered where coding != .identity {
      let quality = quality(of: coding)
      let isBetterKnown = coding == .gzip && preferred?.coding == .deflate
      let least = preferred?.quality ?? .notAcceptable
      if quality > least || (isBetterKnown && quality == least) { preferred = (coding, quality) }
    }
    let identityQuality = quality(of: .identity)
    if identityQuality > preferred?.quality ?? .notAcceptable { return .identity }
    return preferred?.coding
  }
}

extension AcceptEncoding {
  /// The preference of a connection's last request, which the next one nearly always repeats.
  package struct Last: Sendable {
    /// The longest value that is kept, in bytes; browsers send less.
    private static let longestByteCount = 64

    /// ASCII only: no other text of the same length in bytes is equal to it in Unicode's sense.
    private var fieldValue = ""
    private var preference = AcceptEncoding()

    package init() {}

    /// Returns the preference that a field line states.
    package mutating func read(_ fieldValue: String) -> AcceptEncoding {
      let byteCount = fieldValue.utf8.count
      if preference.isFieldPresent, byteCount == self.fieldValue.utf8.count,
        fieldValue == self.fieldValue
      {
        return preference
      }
      var read = AcceptEncoding()
      read.read(fieldValue)
      if byteCount <= Self.longestByteCount, fieldValue.utf8.allSatisfy({ $0 < 0x80 }) {
        (self.fieldValue, preference) = (fieldValue, read)
      }
      return read
    }
  }

  /// Reads another field line: `#( codings [ weight ] )` with
  /// `codings = content-coding / "identity" / "*"`.
  @usableFromInline
  package mutating func read(_ fieldValue: String) {
    isFieldPresent = true
    fieldValue.scanningFieldValue { scanner in
      while scanner.advanceToListMember() {
        if let codings = scanner.token() {
          let quality = Self.readWeight(&scanner) ?? .notAcceptable
          if scanner.matches(codings, "*") {
            wildcardQuality = min(wildcardQuality ?? quality, quality)
          } else {
            let coding = ContentCoding(codings, in: scanner)
            self[coding] = min(self[coding] ?? quality, quality)
          }
        }
        scanner.skipRestOfMember()
      }
    }
  }

  /// Reads `[ weight ]` with `weight = OWS ";" OWS "q=" qvalue`, up to the member's end.
  ///
  /// - Returns: The weight, or `nil` if what follows the coding is not one.
  private static func readWeight(_ scanner: inout FieldValueScanner) -> QualityValue? {
    scanner.skipOptionalWhitespace()
    if scanner.isAtEndOfMember { return .mostPreferred }
    guard scanner.skip(.semicolon) else { return nil }
    scanner.skipOptionalWhitespace()
    guard scanner.skip(caseInsensitive: UInt8(ascii: "q")), scanner.skip(.equals),
      let quality = QualityValue(reading: &scanner)
    else { return nil }
    scanner.skipOptionalWhitespace()
    while scanner.skip(.semicolon) {
      guard skipParameter(&scanner) else { return nil }
      scanner.skipOptionalWhitespace()
    }
    return scanner.isAtEndOfMember ? quality : nil
  }

  /// Reads a parameter after the weight, formerly an `accept-ext` (RFC 7231 §5.3.2), unless it is a
  /// second weight.
  private static func skipParameter(_ scanner: inout FieldValueScanner) -> Bool {
    scanner.skipOptionalWhitespace()
    guard let name = scanner.token(), !scanner.matches(name, "q") else { return false }
    return !scanner.skip(.equals) || scanner.token() != nil
  }
}
