/// An encoder on loan from a pool, for one body.
///
/// The lease is the only reference to the encoder. At the end of the lease's lifetime, even in the
/// middle of a body, the encoder is reset and returns to the pool.
public struct ContentEncoderLease: ~Copyable, Sendable {
  /// The coding that the encoder applies.
  public let coding: ContentCoding

  private let pool: ContentEncoderPool
  /// Nil while the encoder is parked.
  private var encoder: UniqueEncoder?
  /// Whether a decoder has every byte that has been encoded.
  private var isSynchronized = false
  /// Where the pool keeps the member of a parked encoder.
  private var place: ParkingPlace?

  /// Measures the time of the encoder's calls, if the offer has a load.
  private var load: EncoderLoad?
  /// Whether this is one of the cheaper encoders that an offer has for high load.
  package private(set) var isLowered = false

  init(_ encoder: UniqueEncoder, from pool: ContentEncoderPool) {
    self.coding = encoder.coding
    self.encoder = encoder
    self.pool = pool
  }

  deinit {
    if let encoder {
      pool.takeBack(encoder)
    } else if let place {
      pool.abandon(place)
    }
  }

  /// Tells the encoder about the body before its first bytes; call it at most once.
  ///
  /// - Parameter body: What is known about the body.
  /// - Throws: Any error from ``ContentEncoder/begin(_:)``; the lease is then unusable.
  public func begin(_ body: BodyDescription) throws(ContentEncoderError) {
    try encoder?.begin(body)
  }

  /// The maximum size, in bytes, of a body that the encoder wants in one call: see
  /// ``ContentEncoder/wholeBodyLimit``.
  public var wholeBodyLimit: Int { encoder?.wholeBodyLimit ?? 0 }

  /// Encodes bytes and appends the output.
  ///
  /// - Parameters:
  ///   - input: The bytes to encode; may be empty.
  ///   - flush: How much of the output must be appended.
  ///   - output: The array to append to.
  /// - Throws: Any error from ``ContentEncoder/encode(_:flush:into:)``, with nothing appended.
  ///   After ``park()`` also any error from getting an encoder again.
  public mutating func encode(
    _ input: Span<UInt8>,
    flush: EncoderFlush,
    into output: inout ContiguousArray<UInt8>
  ) throws(ContentEncoderError) {
    if encoder == nil, let place {
      // A decoder already has every byte: there is nothing to append.
      if input.isEmpty && flush != .finish { return }
      encoder = try pool.unpark(place)
    }
    if !input.isEmpty || flush != .none { isSynchronized = flush == .sync }
    guard let load else {
      try encoder?.encode(input, flush: flush, into: &output)
      return
    }
    let start = load.start
    defer { load.add(since: start, byteCount: input.count, isLowered: isLowered) }
    try encoder?.encode(input, flush: flush, into: &output)
  }

  /// Measures the time of the encoder's calls from now on.
  mutating func measure(by load: EncoderLoad, isLowered: Bool) {
    self.load = load
    self.isLowered = isLowered
  }

  /// Returns the encoder to the pool until there is more to encode.
  ///
  /// Call it after ``EncoderFlush/sync`` if the time of the next event is unknown; at any other point
  /// it does nothing. The encoder counts as idle and keeps the member. If it is still available, the
  /// next call continues with it; otherwise the next call resumes the suspended member with another
  /// encoder. Both ways produce one valid member, though not necessarily the same bytes.
  public mutating func park() {
    guard isSynchronized, let encoder else { return }
    let place = place ?? ParkingPlace()
    guard pool.park(encoder, at: place) else { return }
    self.encoder = nil
    self.place = place
  }
}
