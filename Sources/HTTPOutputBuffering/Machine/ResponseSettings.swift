public import HTTPContentCoding

/// The settings of responses: what is coded, how much is held, what a disconnect does.
public struct ResponseSettings: Sendable {
  /// Which responses are coded.
  public var compression: CompressionPolicy
  /// The content codings on offer, the preferred one first; none switches coding off.
  public var codings: [ContentCodingOffer] {
    didSet { offered = codings.map(\.coding) }
  }
  /// The names of ``codings``.
  package private(set) var offered: [ContentCoding]
  /// How many bytes of body are held before the head is sent, in bytes.
  ///
  /// A body within the limit leaves with an exact `Content-Length`; a longer one is streamed. It is
  /// also how many bytes wait for the transport before a write suspends. At least the minimum size
  /// of the compression policy is held where coding is still undecided.
  public var maximumBufferedBytes: Int
  /// How long a body may be that is coded whole because all of it is in memory already, in bytes.
  ///
  /// Such a body leaves with an exact `Content-Length`. Its client waits until all of it is coded, about
  /// 25 ms for 1 MiB of text at level 6: a longer one is streamed where it is coded. Never less than
  /// ``maximumBufferedBytes``, or the minimum size of the compression policy where that is more.
  ///
  /// In memory is what an output buffer holds at the end, what a framework hands over as a whole, and what
  /// a channel handler is given before the first flush; the last of these is held for as long.
  public var maximumWholeBytes: Int
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
  ///   - maximumWholeBytes: How long a body in memory may be to be coded whole.
  ///   - maximumUnsentBytes: How many bytes written without `await` may wait for the transport.
  ///   - explainsDecision: Whether responses name the reason of their coding in a field.
  public init(
    codings: [ContentCodingOffer] = [],
    compression: CompressionPolicy = CompressionPolicy(),
    maximumBufferedBytes: Int = 64 * 1024,
    maximumWholeBytes: Int = 1024 * 1024,
    maximumUnsentBytes: Int = 16 * 1024 * 1024,
    explainsDecision: Bool = false
  ) {
    self.codings = codings
    self.offered = codings.map(\.coding)
    self.compression = compression
    self.maximumBufferedBytes = max(0, maximumBufferedBytes)
    self.maximumWholeBytes = max(0, maximumWholeBytes)
    self.maximumUnsentBytes = max(0, maximumUnsentBytes)
    self.explainsDecision = explainsDecision
  }
}

extension ResponseSettings {
  /// How much of a streamed body is held before the head is sent, in bytes: while coding is undecided, the
  /// decision wants to see the minimum size.
  var streamedByteLimit: Int {
    max(maximumBufferedBytes, codings.isEmpty ? 0 : compression.minimumByteCount)
  }

  /// How long a body in memory may be to be coded whole, in bytes.
  package var wholeByteLimit: Int { max(maximumWholeBytes, streamedByteLimit) }
}
