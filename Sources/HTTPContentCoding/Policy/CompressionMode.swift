/// A response's own say in whether it is coded.
///
/// A *content coding* is what a response is sent in, such as gzip; *compression* is the choice to
/// apply one: ``CompressionPolicy`` for all responses, a mode for one of them or a group of routes.
///
/// More modes may be added: compare with the ones below, don't list them all.
public struct CompressionMode: Sendable, Hashable {
  private enum Kind: UInt8 {
    case automatic = 1, off, force
  }

  private let kind: Kind

  /// The policy's media types and minimum size decide.
  public static var automatic: CompressionMode { CompressionMode(kind: .automatic) }

  /// Never coded.
  public static var off: CompressionMode { CompressionMode(kind: .off) }

  /// Coded whatever the media type and the size.
  ///
  /// This overrides the policy's taste. It overrides neither the client, which still has to
  /// accept the coding, nor correctness: what has a content coding already, is partial or has no
  /// body stays as it is.
  public static var force: CompressionMode { CompressionMode(kind: .force) }
}

extension CompressionMode: CustomStringConvertible {
  /// The mode's name, such as `off`.
  public var description: String { "\(kind)" }
}

extension CompressionMode {
  /// The mode as a number that isn't 0.
  package var number: UInt8 { kind.rawValue }

  /// Makes a mode of its number.
  package init?(number: UInt8) {
    guard let kind = Kind(rawValue: number) else { return nil }
    self.kind = kind
  }
}
