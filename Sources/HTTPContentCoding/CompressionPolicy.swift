/// Which responses are worth coding.
///
/// A policy is taste: it is asked only about responses that may be coded at all, and the client
/// has the last word. What is never coded, whatever the policy:
///
/// - a status without content of its own (1xx, 204, 205, 304), an upgrade, a 2xx to CONNECT;
/// - a range (206, `Content-Range`);
/// - what has a `Content-Encoding` already;
/// - gRPC;
/// - what carries the directive `no-transform` or a digest of its bytes;
/// - an empty body.
public struct CompressionPolicy: Sendable, Hashable {
  /// The size in bytes from which a body is coded; one of exactly this size is.
  ///
  /// A smaller one saves no packet and costs the time. The minimum does not matter to a client
  /// that refuses identity, and it does not apply to a body of which only a prefix is known.
  public var minimumByteCount: Int

  /// The media types that are coded.
  public var mediaTypes: MediaTypeSet

  /// What holds for a response that does not choose a mode of its own.
  public var mode: CompressionMode

  /// Whether a client that accepts nothing the server has is answered with 406.
  ///
  /// The alternative, and the default, is to send identity as if the client had not asked
  /// (RFC 9110 §12.4.1 allows both). The policy marks the decision as
  /// ``ContentCodingDecision/isRefused``; whoever sends the response replaces it.
  public var refusesUnacceptable: Bool

  /// Creates a policy.
  ///
  /// - Parameters:
  ///   - minimumByteCount: The size in bytes from which a body is coded.
  ///   - mediaTypes: The media types that are coded.
  ///   - mode: What holds for a response that does not choose a mode of its own.
  ///   - refusesUnacceptable: Whether a client that accepts nothing is answered with 406.
  public init(
    minimumByteCount: Int = 1024,
    mediaTypes: MediaTypeSet = .compressible,
    mode: CompressionMode = .automatic,
    refusesUnacceptable: Bool = false
  ) {
    self.minimumByteCount = minimumByteCount
    self.mediaTypes = mediaTypes
    self.mode = mode
    self.refusesUnacceptable = refusesUnacceptable
  }
}
