public import HTTPContentCoding

/// The settings of responses: what is coded, how much is held, what a disconnect does.
public struct ResponseSettings: Sendable {
  /// Which responses are coded.
  public var compression: CompressionPolicy
  /// The content codings on offer, the preferred one first; none switches coding off.
  public var codings: [ContentCodingOffer]
  /// How many bytes of body are held before the head is sent, in bytes.
  ///
  /// A body within the limit leaves with an exact `Content-Length`; a longer one is streamed. It is
  /// also how many bytes wait for the transport before a write suspends. At least the minimum size
  /// of the compression policy is held where coding is still undecided.
  public var maximumBufferedBytes: Int
  /// How many bytes written without `await` may wait for the transport, in bytes.
  ///
  /// Never less than ``maximumBufferedBytes``, or the minimum size of the compression policy where that
  /// is more, and 64 KiB: one write has to fit behind what is held.
  ///
  /// A synchronous write that would exceed it is refused with
  /// ``ResponseError/Code/unsentLimitExceeded``, and the response fails.
  public var maximumUnsentBytes: Int
  /// Whether each response says in `X-Content-Coding-Decision` why it was coded or not.
  public var explainsDecision: Bool

  /// Makes settings.
  ///
  /// - Parameters:
  ///   - codings: The content codings on offer, the preferred one first.
  ///   - compression: Which responses are coded.
  ///   - maximumBufferedBytes: How many bytes of body are held before the head is sent.
  ///   - maximumUnsentBytes: How many bytes written without `await` may wait for the transport.
  ///   - explainsDecision: Whether responses name the reason of their coding in a field.
  public init(
    codings: [ContentCodingOffer] = [],
    compression: CompressionPolicy = CompressionPolicy(),
    maximumBufferedBytes: Int = 64 * 1024,
    maximumUnsentBytes: Int = 16 * 1024 * 1024,
    explainsDecision: Bool = false
  ) {
    self.codings = codings
    self.compression = compression
    self.maximumBufferedBytes = max(0, maximumBufferedBytes)
    self.maximumUnsentBytes = max(0, maximumUnsentBytes)
    self.explainsDecision = explainsDecision
  }
}
