/// A coding that a server offers, with the pools its encoders come from.
///
/// An application lists its offers, most wanted first: the first wins where a client likes two
/// equally well.
public struct ContentCodingOffer: Sendable {
  /// The coding on offer.
  public let coding: ContentCoding

  /// Where the encoders of streams come from: bodies of which the head is sent before their end is known.
  ///
  /// Offers that are copies of one another share it.
  public let pool: ContentEncoderPool

  /// Where the encoders of whole bodies come from: those known before the first byte leaves.
  ///
  /// It is ``pool`` unless the offer was given another one. A body that is longer than one of its encoders wants
  /// in one call (``ContentEncoder/wholeBodyLimit``) takes an encoder of ``pool``.
  public let wholePool: ContentEncoderPool

  /// Creates an offer.
  ///
  /// - Parameters:
  ///   - coding: The coding on offer, the one that the encoders of both pools apply.
  ///   - pool: Where its encoders come from.
  ///   - wholePool: Where the encoders of whole bodies come from; nil for `pool`.
  public init(
    coding: ContentCoding, pool: ContentEncoderPool, wholePool: ContentEncoderPool? = nil
  ) {
    self.coding = coding
    self.pool = pool
    self.wholePool = wholePool ?? pool
  }
}

extension ContentCodingOffer {
  /// Its pools, each once.
  package var pools: [ContentEncoderPool] { wholePool === pool ? [pool] : [pool, wholePool] }

  /// Hands out an encoder for a stream, which knows of the body what can be known.
  ///
  /// - Parameter body: What is known of the body.
  /// - Returns: A lease that gives the encoder back when it goes out of scope.
  /// - Throws: What making an encoder throws, or ``ContentEncoder/begin(_:)``.
  package func lease(
    for body: BodyDescription
  ) throws(ContentEncoderError) -> ContentEncoderLease {
    let lease = try pool.lease()
    try lease.begin(body)
    return lease
  }

  /// Hands out an encoder for a whole body, which knows its length.
  ///
  /// - Parameters:
  ///   - byteCount: The length of the body before coding, in bytes.
  ///   - kind: What kind of content it is.
  /// - Returns: A lease that gives the encoder back when it goes out of scope.
  /// - Throws: What making an encoder throws, or ``ContentEncoder/begin(_:)``.
  package func lease(
    forWhole byteCount: Int, _ kind: BodyDescription.Kind
  ) throws(ContentEncoderError) -> ContentEncoderLease {
    let body = BodyDescription(byteCount: byteCount, kind: kind)
    let lease = try wholePool.lease()
    if byteCount > lease.wholeBodyLimit, wholePool !== pool {
      _ = consume lease
      return try self.lease(for: body)
    }
    try lease.begin(body)
    return lease
  }
}
