/// The one reference to an encoder that its pool made.
///
/// An encoder isn't `Sendable`, but it moves between threads: from the pool, where it is idle, into
/// a lease, which isn't copyable and needs exclusive access to encode, and back. `make` transfers
/// it (`sending`), and neither the pool nor the lease copies the reference, so there is never a
/// second one to race with. The compiler can't track this through a collection, hence the unchecked
/// conformance.
struct UniqueEncoder: @unchecked Sendable {
  private let encoder: any ContentEncoder

  init(_ encoder: sending any ContentEncoder) {
    self.encoder = encoder
  }

  var coding: ContentCoding { encoder.coding }

  func begin(_ body: BodyDescription) throws(ContentEncoderError) { try encoder.begin(body) }

  var wholeBodyLimit: Int { encoder.wholeBodyLimit }

  func encode(
    _ input: Span<UInt8>,
    flush: EncoderFlush,
    into output: inout ContiguousArray<UInt8>
  ) throws(ContentEncoderError) {
    try encoder.encode(input, flush: flush, into: &output)
  }

  var canSuspend: Bool { encoder.canSuspend }

  func suspend() -> SuspendedMember? { encoder.suspend() }

  func resume(_ member: SuspendedMember) throws(ContentEncoderError) {
    try encoder.resume(member)
  }

  /// Resets the encoder and returns whether that was possible.
  func reset() -> Bool {
    do {
      try encoder.reset()
      return true
    } catch {
      return false
    }
  }
}
