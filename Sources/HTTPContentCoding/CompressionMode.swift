/// A response's own say in whether it is coded.
public enum CompressionMode: Sendable, Hashable {
  /// The policy decides.
  case automatic

  /// Never coded.
  case off

  /// Coded whatever the media type and the size.
  ///
  /// This overrides the policy's taste. It overrides neither the client, which still has to
  /// accept the coding, nor correctness: what has a content coding already, is partial or has no
  /// body stays as it is.
  case force
}
