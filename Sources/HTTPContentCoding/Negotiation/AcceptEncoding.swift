public import HTTPTypes

/// What a client says about content codings: its `Accept-Encoding` field, read once.
///
/// Reading is total. No field value makes it fail or trap, and it takes a time proportional to
/// the value's length. What does not follow the grammar never makes a coding acceptable:
///
/// - A coding followed by something that is not a well-formed weight counts as refused. Other
///   parameters, which this field does not have, are ignored behind the weight and nowhere else.
/// - A member that does not begin with a token is passed over.
/// - Where one coding is named twice, the lower weight counts, so a refusal always does.
///
/// https://www.rfc-editor.org/rfc/rfc9110.html#section-12.5.3
public struct AcceptEncoding: Hashable, Sendable {
  /// The weights of the codings that the field names, in a place of its own for each that clients send.
  private var gzip: QualityValue?
  private var deflate: QualityValue?
  private var brotli: QualityValue?
  private var zstd: QualityValue?
  private var identity: QualityValue?
  private var others: [String: QualityValue] = [:]

  /// The weight of `*`, which stands for every coding that the field does not name.
  private var wildcardQuality: QualityValue?

  /// Whether the request has the field at all, be it empty.
  ///
  /// A client that sends no field has said nothing about codings. One that sends an empty field
  /// has said that it wants none.
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
  /// - Parameter fieldValues: The value of each `Accept-Encoding` field line, in order. None says
  ///   that the field is absent.
  @inlinable
  public init(fieldValues: some Sequence<String>) {
    self.init()
    for fieldValue in fieldValues { read(fieldValue) }
  }

  /// The preference of a request that has no `Accept-Encoding` field.
  @usableFromInline
  package init() {}

  /// Keeps what the field says of some codings alone: a client can send a long field, of which little
  /// has to stay in memory.
  ///
  /// - Parameter codings: The codings that will be asked for; identity is always among them.
  package mutating func narrow(to codings: [ContentCoding]) {
    guard others.count > Self.ordinaryCount else { return }
    let field = self
    others = [:]
    for coding in codings { self[coding] = field.quality(of: coding) }
  }

  /// No browser names more codings that few know.
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

  /// How much the client wants a coding.
  ///
  /// An explicit entry beats `*`. `identity` that is neither named nor matched by `*` is
  /// acceptable, but less than anything the client names. Without the field every coding is
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

  /// Whether the client accepts a response without content coding.
  ///
  /// Only `identity;q=0`, or `*;q=0` without an entry for `identity`, says no
  /// (RFC 9110 §12.5.3).
  public var isIdentityAcceptable: Bool { quality(of: .identity).isAcceptable }

  /// Chooses the coding that the client likes best.
  ///
  /// Among codings of one weight the first offered is chosen, only that deflate never comes before
  /// gzip: clients disagree on what it means (RFC 9110 §8.4.1.2). Any coding is chosen before
  /// identity. Whether the field is absent plays no part: its absence makes every coding
  /// acceptable, and it is the ``CompressionPolicy`` that then sends identity.
  ///
  /// - Parameter offered: The codings that the server has, most wanted first.
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
  /// Reads a field line more: `#( codings [ weight ] )` with `codings = content-coding / "identity" / "*"`.
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

  /// Reads a parameter behind the weight, which once was an `accept-ext` (RFC 7231 §5.3.2); a second
  /// weight is none.
  private static func skipParameter(_ scanner: inout FieldValueScanner) -> Bool {
    scanner.skipOptionalWhitespace()
    guard let name = scanner.token(), !scanner.matches(name, "q") else { return false }
    return !scanner.skip(.equals) || scanner.token() != nil
  }
}
