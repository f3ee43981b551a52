#if Zstd
  import HTTPContentCoding
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Testing
  import ZstdContentCoding

  @Suite struct ZstdOfferTests {
    private func member(
      _ pool: ContentEncoderPool, _ body: ContiguousArray<UInt8> = Payload.text(50_000)
    ) throws -> ContiguousArray<UInt8> {
      var lease = try pool.lease()
      var output: ContiguousArray<UInt8> = []
      try lease.encode(body.span, flush: .finish, into: &output)
      #expect(try ZstdDecoder().decode(output) == body)
      return output
    }

    @Test func `Offers of the same parameters share one pool`() throws {
      let offer = ContentCodingOffer.zstd()
      #expect(offer.coding == .zstd && offer.coding.name == "zstd")
      #expect(offer.pool.capacity == ContentCodingOffer.defaultIdleEncoderLimit)
      #expect(try offer.pool.lease().coding == .zstd && !offer.canSuspend)
      #expect(offer.pool === ContentCodingOffer.zstd(level: 3).pool)
      #expect(offer.pool === ContentCodingOffer.zstd(level: 0).pool)
      for other in [
        ContentCodingOffer.zstd(level: 1), .zstd(checksum: true), .zstd(idleEncoderLimit: 2),
        .init(coding: .zstd, pool: .zstd()),
      ] { #expect(other.pool !== offer.pool) }
    }

    @Test func `Level, checksum and idle limit are options`() throws {
      let sizes = try [-7, 1, 3, 9, 19].map {
        try member(.zstd(level: ZstdCompressionLevel(clamping: $0))).count
      }
      #expect(sizes == sizes.sorted(by: >))
      #expect(try member(.zstd(checksum: true)).count == member(.zstd()).count + 4)
      #expect(try member(.zstd()) == member(ContentCodingOffer.zstd().pool))
      let pool = ContentEncoderPool.zstd(idleEncoderLimit: 1)
      _ = try member(pool)
      #expect(pool.idleCount == 1 && pool.capacity == 1)
    }

    @Test(arguments: [(-8, -7), (-7, -7), (0, 3), (19, 19), (20, 19)])
    func `The nearest level counts`(number: Int, level: Int) {
      #expect(ZstdCompressionLevel(clamping: number).rawValue == level)
      let exact = ZstdCompressionLevel(exactly: number)
      #expect(exact?.rawValue == (-7...19 ~= number ? level : nil))
    }

    @Test(arguments: [-7, 3, 19], [0, 1, 200_000])
    func `zstd -t accepts it and zstd -dc gives it back`(level: Int, byteCount: Int) throws {
      let body = Payload.text(byteCount)
      let pool = ContentEncoderPool.zstd(level: ZstdCompressionLevel(clamping: level))
      var lease = try pool.lease()
      var output: ContiguousArray<UInt8> = []
      try lease.encode(body.span.extracting(..<(byteCount / 2)), flush: .sync, into: &output)
      try lease.encode(body.span.extracting((byteCount / 2)...), flush: .finish, into: &output)
      guard
        let result = try ForeignTool.run("zstd", "zstd -qt <in && zstd -qdc <in >out", on: output)
      else { return }
      #expect(result.status == 0)
      #expect(result.output == body)
    }
  }
#endif
