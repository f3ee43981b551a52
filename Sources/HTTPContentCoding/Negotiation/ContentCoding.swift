/// A content coding: a transformation applied to a representation before it is sent.
///
/// Names are case-insensitive, so this type stores them in lowercase. It treats `x-gzip` as another
/// name for `gzip`.
///
/// https://www.rfc-editor.org/rfc/rfc9110.html#section-8.4.1
public struct ContentCoding: Hashable, Sendable {
  /// Common names, copied without reference counting; other names need a string.
  enum Name: Hashable, Sendable {
    case gzip
    case deflate
    case brotli
    case zstd
    case identity
    indirect case other(String)
  }

  let form: Name

  private init(_ form: Name) {
    self.form = form
  }

  /// Creates a content coding from its name as it appears in a field.
  ///
  /// Any token is a content coding (RFC 9110 §8.4.1): an unregistered name isn't malformed. A
  /// recipient considers `x-gzip` equivalent to `gzip` (§8.4.1.3).
  ///
  /// - Parameter token: The name, in any case. The initializer fails if it is not a token of
  ///   RFC 9110 §5.6.2, which includes the empty string.
  public init?(_ token: some StringProtocol) {
    let coding = String(token).scanningFieldValue { scanner in
      scanner.token().flatMap { scanner.isAtEnd ? ContentCoding($0, in: scanner) : nil }
    }
    guard let coding else { return nil }
    self = coding
  }

  /// Creates a content coding from a token that a scanner has found.
  init(_ token: Range<Int>, in scanner: FieldValueScanner) {
    form =
      switch token.count {
      case 2 where scanner.matches(token, "br"): .brotli
      case 4 where scanner.matches(token, "gzip"): .gzip
      case 4 where scanner.matches(token, "zstd"): .zstd
      case 6 where scanner.matches(token, "x-gzip"): .gzip
      case 7 where scanner.matches(token, "deflate"): .deflate
      case 8 where scanner.matches(token, "identity"): .identity
      default: .other(scanner.text(token).lowercased())
      }
  }

  /// The registered name, in lowercase.
  public var name: String {
    switch form {
    case .gzip: "gzip"
    case .deflate: "deflate"
    case .brotli: "br"
    case .zstd: "zstd"
    case .identity: "identity"
    case .other(let name): name
    }
  }
}

extension ContentCoding {
  /// The gzip file format: DEFLATE data with a CRC-32 (RFC 9110 §8.4.1.3, RFC 1952).
  public static var gzip: ContentCoding { ContentCoding(.gzip) }

  /// The zlib data format: DEFLATE data with an Adler-32 (RFC 9110 §8.4.1.2, RFC 1950).
  public static var deflate: ContentCoding { ContentCoding(.deflate) }

  /// Brotli: LZ77 with a static dictionary and context models (RFC 7932), whose name in a field is
  /// `br`.
  public static var brotli: ContentCoding { ContentCoding(.brotli) }

  /// Zstandard: frames with a window of at most 8 MiB (RFC 8878, RFC 9659).
  public static var zstd: ContentCoding { ContentCoding(.zstd) }

  /// No coding at all, a name reserved for `Accept-Encoding` (RFC 9110 §12.5.3).
  public static var identity: ContentCoding { ContentCoding(.identity) }
}

extension ContentCoding: CustomStringConvertible {
  /// The name as it is written in a field, in lowercase.
  public var description: String { name }
}
