/// Determines which responses are worth coding.
///
/// A policy is consulted only about responses that may be coded, and the client's `Accept-Encoding`
/// takes precedence. Regardless of the policy, these are never coded:
///
/// - a status without content of its own (1xx, 204, 205, 304), an upgrade, a 2xx to CONNECT
/// - a range (206, `Content-Range`)
/// - a response that already has a `Content-Encoding`
/// - gRPC
/// - a response with the directive `no-transform` or a digest of its bytes
/// - an empty body
public struct CompressionPolicy: Sendable, Hashable {
  /// The minimum size, in bytes, of a body that is coded; 1024 by default.
  ///
  /// Coding a smaller body saves no packet and costs time. The minimum doesn't apply in the mode
  /// ``CompressionMode/force``, if the client refuses identity, or if only a prefix of the body is
  /// known.
  public var minimumByteCount: Int

  /// The media types that are coded.
  public var mediaTypes: MediaTypeSet

  /// The mode for responses that don't set their own.
  public var mode: CompressionMode

  /// Whether a client that accepts none of the available codings gets a 406.
  ///
  /// By default such a client gets identity, as if it hadn't asked (RFC 9110 §12.4.1 allows both).
  /// The policy marks the decision as ``ContentCodingDecision/isRefused``; the sender replaces the
  /// response.
  public var refusesUnacceptable: Bool

  /// The maximum number of bytes of random-looking padding in coded content; 0, the default,
  /// disables padding.
  ///
  /// If a response contains both a secret and data from the client, the length of the coded content
  /// reveals whether the two are similar (BREACH, CVE-2013-3587). A limit lengthens each coded
  /// response by 0 to this many bytes, to which zstd adds 8, and its `Content-Length` includes them.
  /// A response that compression shortens by less isn't coded. The number is a keyed hash of the
  /// content, or of the part known when the head is sent, with a key generated for each process. The
  /// same response therefore always has the same length, and an attacker gains nothing by averaging
  /// repeated requests.
  ///
  /// Codings that don't support padding (deflate, brotli) aren't offered then: a client that
  /// accepts no other coding gets identity. So does a stream of which no content is known when its
  /// head is sent: one that is flushed before its first byte, or begins with a file that is too long
  /// to be held.
  ///
  /// More than 65,536 counts as 65,536, because each padded response takes that much memory.
  ///
  /// Padding prolongs the attack but doesn't prevent it: disable coding for responses with a
  /// secret, with ``CompressionMode/off``.
  public var maximumPaddingByteCount: Int

  /// Creates a policy.
  ///
  /// - Parameters:
  ///   - minimumByteCount: The minimum size, in bytes, of a body that is coded.
  ///   - mediaTypes: The media types that are coded.
  ///   - mode: The mode for responses that don't set their own.
  ///   - refusesUnacceptable: Whether a client that accepts none of the available codings gets a
  ///     406.
  ///   - maximumPaddingByteCount: The maximum number of bytes of padding in coded content. A
  ///     negative number counts as 0, and more than 65,536 as 65,536.
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
