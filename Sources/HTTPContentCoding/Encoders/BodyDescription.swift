/// What is known of a body before its first byte is encoded.
///
/// An encoder is told by ``ContentEncoder/begin(_:)``, so that it can choose its parameters.
public struct BodyDescription: Sendable, Hashable {
  /// What kind of content a body is, as far as an encoder may care.
  public enum Kind: Sendable, Hashable {
    /// Text in a character encoding, such as HTML, JSON, XML or a program.
    case text
    /// A font that isn't compressed by itself.
    case font
    /// Anything else, and what isn't known.
    case other
  }

  /// The exact length before coding, in bytes; nil if it is unknown.
  public var byteCount: Int?

  /// What kind of content the body is, by its media type.
  public var kind: Kind

  /// How much longer than it needs to be the member is to become, in bytes: what is added decodes to nothing.
  ///
  /// It hides how well the body compresses. Nil for nothing; an encoder of a pool that says
  /// ``ContentEncoderPool/canPad`` adds as many bytes, or that many and always the same number more. Others
  /// don't look at it.
  public var paddingByteCount: Int?

  /// Describes a body.
  ///
  /// - Parameters:
  ///   - byteCount: The exact length before coding, in bytes; nil if it is unknown.
  ///   - kind: What kind of content the body is.
  ///   - paddingByteCount: How much longer the member is to become, in bytes.
  public init(byteCount: Int? = nil, kind: Kind = .other, paddingByteCount: Int? = nil) {
    self.byteCount = byteCount
    self.kind = kind
    self.paddingByteCount = paddingByteCount
  }
}
