/// A content coding: what was done to a representation before it was put on the wire.
///
/// Names are compared case-insensitively, so this type keeps them in lowercase, and it knows that
/// `x-gzip` is another name of `gzip`.
///
/// https://www.rfc-editor.org/rfc/rfc9110.html#section-8.4.1
public struct ContentCoding: Hashable, Sendable {
  /// The registered name, in lowercase.
  public let name: String

  /// Creates a content coding from its name as it appears in a field.
  ///
  /// Any token is a content coding (RFC 9110 §8.4.1): that nobody registered it does not make it
  /// malformed. A recipient considers `x-gzip` equivalent to `gzip` (§8.4.1.3).
  ///
  /// - Parameter token: The name, in any case. The initializer fails if it is not a token of
  ///   RFC 9110 §5.6.2, which includes the empty string.
  public init?(_ token: some StringProtocol) {
    guard !token.isEmpty, token.utf8.allSatisfy(\.isTokenCharacter) else { return nil }
    self.init(uncheckedToken: token)
  }

  /// Creates a content coding from what a scanner has already found to be a token.
  init(uncheckedToken token: some StringProtocol) {
    let name = token.lowercased()
    self.name = name == "x-gzip" ? "gzip" : name
  }
}

extension ContentCoding {
  /// The gzip file format: DEFLATE data with a CRC-32 (RFC 9110 §8.4.1.3, RFC 1952).
  public static let gzip = ContentCoding(uncheckedToken: "gzip")

  /// The zlib data format: DEFLATE data with an Adler-32 (RFC 9110 §8.4.1.2, RFC 1950).
  public static let deflate = ContentCoding(uncheckedToken: "deflate")

  /// No coding at all, a name reserved for `Accept-Encoding` (RFC 9110 §12.5.3).
  public static let identity = ContentCoding(uncheckedToken: "identity")
}

extension ContentCoding: CustomStringConvertible {
  /// The name as it is written in a field, in lowercase.
  public var description: String { name }
}
