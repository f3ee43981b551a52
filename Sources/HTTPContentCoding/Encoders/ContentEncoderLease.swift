/// An encoder on loan from a pool, for one body.
///
/// The lease is the only reference to the encoder. When it goes out of scope, on whatever path,
/// the encoder is reset and goes back to the pool, also from the middle of a body.
public struct ContentEncoderLease: ~Copyable, Sendable {
  /// The coding that the encoder applies.
  public let coding: ContentCoding

  private let pool: ContentEncoderPool
  /// Nil while the encoder is parked.
  private var encoder: UniqueEncoder?
  /// Where the pool finds whose the parked encoder is.
  private var place: ParkingPlace?

  /// What counts the time of the encoder's calls, where the offer has it.
  private var load: EncoderLoad?
  /// Whether it is one of the cheaper encoders that an offer has for times of load.
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

  /// Tells the encoder about the body before its first bytes; at most once.
  ///
  /// - Parameter body: What is known of the body.
  /// - Throws: What ``ContentEncoder/begin(_:)`` throws; the lease is of no further use.
  public func begin(_ body: BodyDescription) throws(ContentEncoderError) {
    try encoder?.begin(body)
  }

  /// How long a body may be that the encoder wants in one call, in bytes: see
  /// ``ContentEncoder/wholeBodyLimit``.
  public var wholeBodyLimit: Int { encoder?.wholeBodyLimit ?? 0 }

  /// Encodes bytes and appends what comes out.
  ///
  /// - Parameters:
  ///   - input: The bytes to encode; may be empty.
  ///   - flush: How much has to come out.
  ///   - output: Where to append.
  /// - Throws: What ``ContentEncoder/encode(_:flush:into:)`` throws, with nothing appended; behind
  ///   ``park()`` also what getting an encoder again does.
  public mutating func encode(
    _ input: Span<UInt8>,
    flush: EncoderFlush,
    into output: inout ContiguousArray<UInt8>
  ) throws(ContentEncoderError) {
    if encoder == nil, let place {
      // A decoder has every byte: nothing would come out.
      if input.isEmpty && flush != .finish { return }
      encoder = try pool.unpark(place)
    }
    guard let load else {
      try encoder?.encode(input, flush: flush, into: &output)
      return
    }
    let start = load.start
    defer { load.add(since: start, byteCount: input.count, isLowered: isLowered) }
    try encoder?.encode(input, flush: flush, into: &output)
  }

  /// Has the time of the encoder's calls counted.
  mutating func measure(by load: EncoderLoad, isLowered: Bool) {
    self.load = load
    self.isLowered = isLowered
  }

  /// Gives the encoder back until there is more to encode.
  ///
  /// To be called behind ``EncoderFlush/sync``, when nobody knows how long that will be. The encoder counts
  /// as idle and keeps the member: where nobody else has taken it the next call goes on with it, and
  /// otherwise with another one that is told how far the member had come. The bytes are those of one
  /// valid member either way, if not the same ones.
  public mutating func park() {
    guard let encoder else { return }
    let place = place ?? ParkingPlace()
    guard pool.park(encoder, at: place) else { return }
    self.encoder = nil
    self.place = place
  }
}
