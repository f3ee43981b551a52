/// Whether one response, or a group of routes, is coded.
///
/// A *content coding*, such as gzip, is the form in which a response is sent. *Compression* is the
/// choice to apply one: a ``CompressionPolicy`` applies to all responses, a mode to one response or
/// a group of routes.
///
/// Future versions may add modes: compare with the ones below instead of listing them all.
public struct CompressionMode: Sendable, Hashable {
  private enum Kind: UInt8 {
    case automatic = 1, off, force
  }

  private let kind: Kind

  /// The policy's media types and minimum size decide.
  public static var automatic: CompressionMode { CompressionMode(kind: .automatic) }

  /// Never coded.
  public static var off: CompressionMode { CompressionMode(kind: .off) }

  /// Always coded, regardless of media type and size.
  ///
  /// This mode overrides the policy's media types and minimum size. It overrides neither the
  /// client, which still has to accept the coding, nor correctness: a response that already has a
  /// content coding, is partial or has no body stays as it is.
  public static var force: CompressionMode { CompressionMode(kind: .force) }
}

extension CompressionMode: CustomStringConvertible {
  /// The mode's name, such as `off`.
  public var description: String { "\(kind)" }
}

extension CompressionMode {
  /// A nonzero number that represents the mode.
  package var number: UInt8 { kind.rawValue }

  /// Creates a mode from its number.
  package init?(number: UInt8) {
    guard let kind = Kind(rawValue: number) else { return nil }
    self.kind = kind
  }
}
