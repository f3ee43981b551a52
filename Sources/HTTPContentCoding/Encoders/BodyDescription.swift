/// What is known about a body before its first byte is encoded.
///
/// ``ContentEncoder/begin(_:)`` passes it to an encoder, which can choose its parameters
/// accordingly.
public struct BodyDescription: Sendable, Hashable {
  /// The kind of content, as far as an encoder distinguishes it.
  public enum Kind: Sendable, Hashable {
    /// Text in a character encoding, such as HTML, JSON, XML or a program.
    case text
    /// A font in a format without compression of its own.
    case font
    /// Anything else, including unknown content.
    case other
  }

  /// The exact length before coding, in bytes; nil if it is unknown.
  ///
  /// A negative number sets nil.
  public var byteCount: Int? {
    get { knownByteCount }
    set { knownByteCount = newValue.flatMap { $0 < 0 ? nil : $0 } }
  }

  private var knownByteCount: Int?

  /// The kind of content, derived from its media type.
  public var kind: Kind {
    get { knownKind ?? contentType?.withMediaType(\.kind) ?? .other }
    set { knownKind = newValue }
  }

  private var knownKind: Kind?
  /// The media type that few encoders evaluate.
  private var contentType: String?

  /// The number of bytes by which the encoder lengthens the member without changing the decoded
  /// body.
  ///
  /// The padding hides how well the body compresses. Nil requests no padding. An encoder from a
  /// pool with ``ContentEncoderPool/canPad`` adds this many bytes plus a constant overhead of its
  /// own. Other encoders ignore the value.
  ///
  /// A number outside 0 to 65,536 sets the nearest of the two.
  public var paddingByteCount: Int? {
    get { boundedPadding }
    set {
      boundedPadding = newValue.map { max(0, min($0, CompressionPolicy.largestPaddingByteCount)) }
    }
  }

  private var boundedPadding: Int?

  /// Describes a body.
  ///
  /// - Parameters:
  ///   - byteCount: The exact length before coding, in bytes; nil if it is unknown.
  ///   - kind: The kind of content.
  ///   - paddingByteCount: The number of bytes of padding to add to the member; nil for none.
  public init(byteCount: Int? = nil, kind: Kind = .other, paddingByteCount: Int? = nil) {
    self.knownKind = kind
    self.byteCount = byteCount
    self.paddingByteCount = paddingByteCount
  }

  /// Describes a body.
  ///
  /// - Parameters:
  ///   - byteCount: The exact length before coding, in bytes; nil if it is unknown.
  ///   - contentType: The value of `Content-Type`; nil if there is none.
  ///   - paddingByteCount: The number of bytes of padding to add to the member; nil for none.
  package init(byteCount: Int?, contentType: String?, paddingByteCount: Int?) {
    self.contentType = contentType
    self.byteCount = byteCount
    self.paddingByteCount = paddingByteCount
  }

  /// Whether two descriptions say the same to an encoder.
  public static func == (lhs: BodyDescription, rhs: BodyDescription) -> Bool {
    lhs.byteCount == rhs.byteCount && lhs.paddingByteCount == rhs.paddingByteCount
      && lhs.kind == rhs.kind
  }

  /// Hashes what the comparison compares.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(byteCount)
    hasher.combine(paddingByteCount)
    hasher.combine(kind)
  }
}
