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

  /// By how much the length of coded content may vary, in bytes; 0, the default, switches that off.
  ///
  /// Where a response has a secret beside what a client has sent, the length of the coded content tells whether
  /// the two are alike (BREACH, CVE-2013-3587). With a limit each coded response is made longer by 0 to so many
  /// bytes, and its `Content-Length` says so. How many depends on the content, or what is known of it when the
  /// head is sent, by a hash with a key that the process makes for itself: the same response has the same
  /// length each time, so that repeating a request averages nothing out.
  ///
  /// Codings that can't be made longer aren't offered then (deflate, brotli): a client that accepts no other
  /// gets identity. So does a stream that is flushed before its first byte, of which nothing is known.
  ///
  /// It makes the attack longer and doesn't prevent it: responses with a secret are better not coded, by
  /// ``CompressionMode/off``.
  public var maximumPaddingByteCount: Int

  /// Creates a policy.
  ///
  /// - Parameters:
  ///   - minimumByteCount: The size in bytes from which a body is coded.
  ///   - mediaTypes: The media types that are coded.
  ///   - mode: What holds for a response that does not choose a mode of its own.
  ///   - refusesUnacceptable: Whether a client that accepts nothing is answered with 406.
  ///   - maximumPaddingByteCount: By how much the length of coded content may vary, in bytes. A negative
  ///     number counts as 0.
  public init(
    minimumByteCount: Int = 1024,
    mediaTypes: MediaTypeSet = .compressible,
    mode: CompressionMode = .automatic,
    refusesUnacceptable: Bool = false,
    maximumPaddingByteCount: Int = 0
  ) {
    self.minimumByteCount = minimumByteCount
    self.mediaTypes = mediaTypes
    self.mode = mode
    self.refusesUnacceptable = refusesUnacceptable
    self.maximumPaddingByteCount = max(0, maximumPaddingByteCount)
  }
}
