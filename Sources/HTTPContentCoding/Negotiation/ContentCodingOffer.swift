/// A coding that a server offers, with the pools its encoders come from.
///
/// An application lists its offers in order of preference: the first wins if a client gives two the
/// same weight.
public struct ContentCodingOffer: Sendable {
  /// The coding on offer.
  public let coding: ContentCoding

  /// The pool of encoders for streams: bodies whose head is sent before their end is known.
  ///
  /// Copies of an offer share it.
  public let pool: ContentEncoderPool

  /// The pool of encoders for whole bodies: those known before the first byte is sent.
  ///
  /// It defaults to ``pool``. A body longer than an encoder's ``ContentEncoder/wholeBodyLimit``
  /// uses an encoder from ``pool`` instead.
  public let wholePool: ContentEncoderPool

  /// The replacement for both pools while the encoders are overloaded.
  private var lowering: Lowering?

  /// The cheaper encoders, and the load that selects them.
  private struct Lowering {
    var pool: ContentEncoderPool
    var wholePool: ContentEncoderPool
    var load: EncoderLoad
  }

  /// Creates an offer.
  ///
  /// - Parameters:
  ///   - coding: The coding on offer, which the encoders of both pools apply.
  ///   - pool: The pool of encoders.
  ///   - wholePool: The pool of encoders for whole bodies; nil for `pool`.
  public init(
    coding: ContentCoding, pool: ContentEncoderPool, wholePool: ContentEncoderPool? = nil
  ) {
    self.coding = coding
    self.pool = pool
    self.wholePool = wholePool ?? pool
  }
}

// Cost under load
extension ContentCodingOffer {
  /// Returns the same offer, with cheaper encoders for bodies that begin while the load is high.
  ///
  /// - Parameters:
  ///   - cheaper: An offer of the same coding at a lower level, which provides the cheaper
  ///     encoders. Its own lowering is ignored.
  ///   - load: Measures the load and decides; offers that share it are measured together.
  /// - Returns: The offer with the cheaper encoders; unchanged if `cheaper` is for another coding.
  public func lowered(
    to cheaper: ContentCodingOffer, under load: EncoderLoad
  ) -> ContentCodingOffer {
    guard cheaper.coding == coding else { return self }
    var offer = self
    offer.lowering = Lowering(pool: cheaper.pool, wholePool: cheaper.wholePool, load: load)
    return offer
  }
}

// Leases
extension ContentCodingOffer {
  /// The offer's pools, without duplicates.
  package var pools: [ContentEncoderPool] {
    var pools = [pool]
    for other in [wholePool, lowering?.pool, lowering?.wholePool] {
      if let other, !pools.contains(where: { $0 === other }) { pools.append(other) }
    }
    return pools
  }

  /// Leases an encoder for a stream.
  ///
  /// - Parameter body: What is known of the body.
  /// - Returns: A lease that returns the encoder to its pool at the end of its lifetime.
  /// - Throws: Any error from making an encoder or from ``ContentEncoder/begin(_:)``.
  package func lease(
    for body: BodyDescription
  ) throws(ContentEncoderError) -> ContentEncoderLease {
    try lease(for: body, isWhole: false)
  }

  /// Leases an encoder for a whole body.
  ///
  /// - Parameter body: What is known of the body, with its exact length.
  /// - Returns: A lease that returns the encoder to its pool at the end of its lifetime.
  /// - Throws: Any error from making an encoder or from ``ContentEncoder/begin(_:)``.
  package func lease(
    forWhole body: BodyDescription
  ) throws(ContentEncoderError) -> ContentEncoderLease {
    try lease(for: body, isWhole: true)
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

  /// Leases an encoder from the given pool, or from the streams' pool if the body is too long for
  /// it.
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
