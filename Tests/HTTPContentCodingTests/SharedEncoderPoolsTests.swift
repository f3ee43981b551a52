import Testing

@testable import HTTPContentCoding

@Suite struct SharedEncoderPoolsTests {
  private struct Levels: Hashable { var level: Int }
  private struct Qualities: Hashable { var level: Int }

  private static func makePool() -> ContentEncoderPool {
    ContentEncoderPool(capacity: 1) {
      () throws(ContentEncoderError) -> sending any ContentEncoder in
      throw ContentEncoderError(code: .outOfMemory, message: "none is made here")
    }
  }

  @Test func `Equal configurations of one type share a pool, those of two types don't`() {
    let first = ContentEncoderPool.shared(for: Levels(level: 1), make: Self.makePool)
    #expect(first === ContentEncoderPool.shared(for: Levels(level: 1), make: Self.makePool))
    #expect(first !== ContentEncoderPool.shared(for: Levels(level: 2), make: Self.makePool))
    #expect(first !== ContentEncoderPool.shared(for: Qualities(level: 1), make: Self.makePool))
  }

  @Test func `Configurations that are computed keep no pool each`() {
    let pools = SharedEncoderPools(maximumCount: 2)
    weak let first = pools.pool(for: Levels(level: 1), make: Self.makePool)
    weak let second = pools.pool(for: Levels(level: 2), make: Self.makePool)
    weak let third = pools.pool(for: Levels(level: 3), make: Self.makePool)
    #expect(first != nil && second != nil && third == nil)
    #expect(pools.pool(for: Levels(level: 2), make: Self.makePool) === second)
  }

  @Test func `An offer says whether its encoders can be suspended`() {
    let make: @Sendable () throws(ContentEncoderError) -> sending any ContentEncoder = {
      () throws(ContentEncoderError) -> sending any ContentEncoder in
      throw ContentEncoderError(code: .outOfMemory, message: "none is made here")
    }
    let unknown = ContentEncoderPool(capacity: 1, make: make)
    let suspending = ContentEncoderPool(capacity: 1, canSuspend: true, make: make)
    #expect(!ContentCodingOffer(coding: .zstd, pool: unknown).canSuspend)
    #expect(ContentCodingOffer(coding: .gzip, pool: suspending).canSuspend)
  }
}
