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

  /// What takes the place of both pools while encoders have too much to do.
  private var lowering: Lowering?

  /// Cheaper encoders, and what decides.
  private struct Lowering {
    var pool: ContentEncoderPool
    var wholePool: ContentEncoderPool
    var load: EncoderLoad
  }

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

// Cost under load.
extension ContentCodingOffer {
  /// The same offer, with cheaper encoders for bodies that begin while encoders have too much to do.
  ///
  /// - Parameters:
  ///   - cheaper: Whose encoders those are: an offer of the same coding, at a lower level. What it is lowered to
  ///     itself plays no part.
  ///   - load: What measures and decides; offers that share it count together.
  /// - Returns: The offer. One of another coding can't take this one's place: the offer stays as it is then.
  public func lowered(
    to cheaper: ContentCodingOffer, under load: EncoderLoad
  ) -> ContentCodingOffer {
    guard cheaper.coding == coding else { return self }
    var offer = self
    offer.lowering = Lowering(pool: cheaper.pool, wholePool: cheaper.wholePool, load: load)
    return offer
  }
}

// Leases.
extension ContentCodingOffer {
  /// Its pools, each once.
  package var pools: [ContentEncoderPool] {
    var pools = [pool]
    for other in [wholePool, lowering?.pool, lowering?.wholePool] {
      if let other, !pools.contains(where: { $0 === other }) { pools.append(other) }
    }
    return pools
  }

  /// Hands out an encoder for a stream, which knows of the body what can be known.
  ///
  /// - Parameter body: What is known of the body.
  /// - Returns: A lease that gives the encoder back when it goes out of scope.
  /// - Throws: What making an encoder throws, or ``ContentEncoder/begin(_:)``.
  package func lease(
    for body: BodyDescription
  ) throws(ContentEncoderError) -> ContentEncoderLease {
    try lease(for: body, isWhole: false)
  }

  /// Hands out an encoder for a whole body, which knows its length.
  ///
  /// - Parameters:
  ///   - byteCount: The length of the body before coding, in bytes.
  ///   - kind: What kind of content it is.
  ///   - padding: How much longer the member is to become, in bytes; nil for nothing.
  /// - Returns: A lease that gives the encoder back when it goes out of scope.
  /// - Throws: What making an encoder throws, or ``ContentEncoder/begin(_:)``.
  package func lease(
    forWhole byteCount: Int, _ kind: BodyDescription.Kind, padding: Int? = nil
  ) throws(ContentEncoderError) -> ContentEncoderLease {
    try lease(
      for: BodyDescription(byteCount: byteCount, kind: kind, paddingByteCount: padding),
      isWhole: true)
  }

  private func lease(
    for body: BodyDescription, isWhole: Bool
  ) throws(ContentEncoderError) -> ContentEncoderLease {
    guard let lowering else { return try Self.lease(for: body, isWhole ? wholePool : pool, pool) }
    let isLowered = lowering.load.lowersNext()
    let (streams, wholes) = isLowered ? (lowering.pool, lowering.wholePool) : (pool, wholePool)
    var lease = try Self.lease(for: body, isWhole ? wholes : streams, streams)
    lease.measure(by: lowering.load, isLowered: isLowered)
    return lease
  }

  /// Takes an encoder of the wanted pool, or of that of streams where a body is too long for it.
  private static func lease(
    for body: BodyDescription, _ wanted: ContentEncoderPool, _ streams: ContentEncoderPool
  ) throws(ContentEncoderError) -> ContentEncoderLease {
    let lease = try wanted.lease()
    if wanted !== streams, body.byteCount ?? 0 > lease.wholeBodyLimit {
      _ = consume lease
      return try Self.lease(for: body, streams, streams)
    }
    try lease.begin(body)
    return lease
  }
}
