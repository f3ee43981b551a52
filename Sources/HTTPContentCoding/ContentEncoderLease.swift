/// An encoder on loan from a pool, for one body.
///
/// The lease is the only reference to the encoder. When it goes out of scope, on whatever path,
/// the encoder is reset and goes back to the pool, also from the middle of a body.
public struct ContentEncoderLease: ~Copyable, Sendable {
  /// The coding that the encoder applies.
  public let coding: ContentCoding

  private let encoder: UniqueEncoder
  private let pool: ContentEncoderPool

  init(_ encoder: UniqueEncoder, from pool: ContentEncoderPool) {
    self.coding = encoder.coding
    self.encoder = encoder
    self.pool = pool
  }

  deinit {
    pool.takeBack(encoder)
  }

  /// Encodes bytes and appends what comes out.
  ///
  /// - Parameters:
  ///   - input: The bytes to encode; may be empty.
  ///   - flush: How much has to come out.
  ///   - output: Where to append.
  /// - Throws: What ``ContentEncoder/encode(_:flush:into:)`` throws, with nothing appended.
  public mutating func encode(
    _ input: Span<UInt8>,
    flush: EncoderFlush,
    into output: inout ContiguousArray<UInt8>
  ) throws(ContentEncoderError) {
    try encoder.encode(input, flush: flush, into: &output)
  }
}
