@testable import GzipContentCoding
import HTTPContentCoding
import OutputBufferingTestSupport
import OutputBufferingTesting
import Testing

@Suite struct ContentCodingOfferTests {
  @Test func `Offers say their coding and lease encoders of it`() throws {
    for (offer, coding) in [
      (ContentCodingOffer.gzip(), ContentCoding.gzip), (.deflate(), .deflate),
    ] {
      #expect(offer.coding == coding)
      #expect(offer.pool.capacity == ContentCodingOffer.defaultIdleEncoderLimit)
      let lease = try offer.pool.lease()
      #expect(lease.coding == coding)
    }
  }

  @Test func `Offers of the same parameters share one pool`() {
    #expect(ContentCodingOffer.gzip().pool === ContentCodingOffer.gzip(level: 6).pool)
    #expect(ContentCodingOffer.deflate().pool === ContentCodingOffer.deflate().pool)
    #expect(
      ContentCodingOffer.gzip(idleEncoderLimit: -1).pool
        === ContentCodingOffer.gzip(idleEncoderLimit: 0).pool)
    let others: [ContentCodingOffer] = [
      .deflate(), .gzip(level: 1), .gzip(idleEncoderLimit: 2),
      .init(coding: .gzip, pool: .gzip()),
    ]
    for other in others { #expect(other.pool !== ContentCodingOffer.gzip().pool) }
  }

  @Test func `A pool of its own makes encoders of its level`() throws {
    for (own, shared) in [
      (ContentEncoderPool.gzip(level: 1), ContentCodingOffer.gzip(level: 1).pool),
      (.deflate(level: 9), ContentCodingOffer.deflate(level: 9).pool),
    ] {
      var members: [ContiguousArray<UInt8>] = []
      for pool in [own, shared] {
        var lease = try pool.lease()
        var output: ContiguousArray<UInt8> = []
        try lease.encode(Payload.text(20_000).span, flush: .finish, into: &output)
        members.append(output)
      }
      #expect(members[0] == members[1])
      #expect(own.idleCount == 1 && own.capacity == ContentCodingOffer.defaultIdleEncoderLimit)
    }
  }

  @Test func `The idle limit is an option`() throws {
    let offer = ContentCodingOffer.gzip(idleEncoderLimit: 0)
    _ = try offer.pool.lease()
    #expect(offer.pool.idleCount == 0)
  }

  @Test func `The level is an option`() throws {
    func member(_ offer: ContentCodingOffer) throws -> ContiguousArray<UInt8> {
      var lease = try offer.pool.lease()
      var output: ContiguousArray<UInt8> = []
      try lease.encode(Payload.text(50_000).span, flush: .finish, into: &output)
      return output
    }
    #expect(try member(.gzip(level: 9)).count < member(.gzip(level: 1)).count)
    #expect(try member(.gzip(level: .stored)).count > 50_000)
    #expect(try member(.deflate(level: .smallest)).count < member(.deflate(level: 0)).count)
    #expect(try member(.gzip()) == member(.gzip(level: 6)))
  }

  /// zlib chooses the length of its blocks by the room that it finds.
  @Test(arguments: [65_535, 131_070, 500_000])
  func `A body that is stored has the same length in any storage`(byteCount: Int) throws {
    for capacity in [0, 100_000, 1_000_000] {
      var output: ContiguousArray<UInt8> = []
      output.reserveCapacity(capacity)
      var lease = try ContentEncoderPool.gzip(level: .stored).lease()
      try lease.encode(Payload.text(byteCount).span, flush: .finish, into: &output)
      #expect(output.count == 18 + byteCount + 5 * ((byteCount + 65_534) / 65_535))
    }
  }

  @Test func `A lease dropped in the middle of a body leaves an encoder that is as new`() throws {
    let offer = ContentCodingOffer(coding: .gzip, pool: .gzip(idleEncoderLimit: 1))
    let text = Payload.text(20_000)
    var expected: ContiguousArray<UInt8> = []
    do {
      var lease = try offer.pool.lease()
      try lease.encode(text.span, flush: .finish, into: &expected)
    }
    for flush in [EncoderFlush.none, .sync, .finish] {
      do {
        var lease = try offer.pool.lease()
        var output: ContiguousArray<UInt8> = []
        try lease.encode(Payload.noise(100_000).span, flush: flush, into: &output)
      }
      #expect(offer.pool.liveCount == 0 && offer.pool.idleCount == 1)
      var lease = try offer.pool.lease()
      var output: ContiguousArray<UInt8> = []
      try lease.encode(text.span, flush: .finish, into: &output)
      #expect(output == expected)
    }
  }

  @Test func `Encoders move between tasks and every member is whole`() async throws {
    let offer = ContentCodingOffer(coding: .gzip, pool: .gzip(level: 1, idleEncoderLimit: 3))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<16 {
        group.addTask {
          let text = Payload.text(1000 * (task + 1))
          for round in 0..<20 {
            var lease = try offer.pool.lease()
            var output: ContiguousArray<UInt8> = []
            try lease.encode(text.span, flush: .sync, into: &output)
            if round.isMultiple(of: 3) { continue }
            await Task.yield()
            try lease.encode(Payload.none.span, flush: .finish, into: &output)
            #expect(try InflateDecoder(of: .gzip).decode(output) == text)
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(offer.pool.liveCount == 0)
    #expect((1...3).contains(offer.pool.idleCount))
  }
}
