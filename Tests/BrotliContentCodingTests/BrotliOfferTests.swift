#if Brotli
  import BrotliContentCoding
  import HTTPContentCoding
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Testing

  @Suite struct BrotliOfferTests {
    private func member(
      _ pool: ContentEncoderPool, _ body: ContiguousArray<UInt8> = Payload.text(50_000),
      kind: BodyDescription.Kind = .other
    ) throws -> ContiguousArray<UInt8> {
      var lease = try pool.lease()
      var output: ContiguousArray<UInt8> = []
      try lease.begin(BodyDescription(byteCount: body.count, kind: kind))
      try lease.encode(body.span, flush: .finish, into: &output)
      #expect(try BrotliDecoder().decode(output) == body)
      return output
    }

    @Test func `Offers of the same parameters share one pool`() throws {
      let offer = ContentCodingOffer.brotli()
      #expect(offer.coding == .brotli && offer.coding.name == "br")
      #expect(offer.pool.capacity == ContentCodingOffer.defaultIdleEncoderLimit)
      #expect(try offer.pool.lease().coding == .brotli && !offer.canSuspend)
      #expect(offer.pool === ContentCodingOffer.brotli(quality: 4, windowBits: 18).pool)
      #expect(
        ContentCodingOffer.brotli(windowBits: 99).pool
          === ContentCodingOffer.brotli(windowBits: 24).pool)
      for other in [
        ContentCodingOffer.brotli(quality: 1), .brotli(windowBits: 10),
        .brotli(idleEncoderLimit: 2), .init(coding: .brotli, pool: .brotli()),
      ] { #expect(other.pool !== offer.pool) }
    }

    @Test func `Quality, window and idle limit are options`() throws {
      let sizes = try [0, 4, 11].map {
        try member(.brotli(quality: BrotliQuality(clamping: $0))).count
      }
      #expect(sizes == sizes.sorted(by: >) && Set(sizes).count == 3)
      // Noise that repeats after 64 KiB is in a window of 256 KiB, but not in one of 1 KiB.
      let noise = Payload.noise(1 << 16)
      #expect(try member(.brotli(windowBits: 10), noise + noise).count > 100_000)
      #expect(try member(.brotli(windowBits: 18), noise + noise).count < 70_000)
      #expect(try member(.brotli()) == member(ContentCodingOffer.brotli().pool))
      let pool = ContentEncoderPool.brotli(idleEncoderLimit: 1)
      _ = try member(pool)
      #expect(pool.idleCount == 1 && pool.capacity == 1)
    }

    /// The mode for fonts changes how distances are coded (RFC 7932 §4).
    @Test func `The kind of a body chooses the mode`() throws {
      let body = Payload.text(50_000)
      let pool = ContentEncoderPool.brotli(quality: 5)
      #expect(try member(pool, body, kind: .font) != member(pool, body, kind: .other))
    }

    @Test(arguments: [(-1, 0), (0, 0), (11, 11), (12, 11)])
    func `The nearest quality counts`(number: Int, quality: Int) {
      #expect(BrotliQuality(clamping: number).rawValue == quality)
      let exact = BrotliQuality(exactly: number)
      #expect(exact?.rawValue == (0...11 ~= number ? quality : nil))
    }

    @Test(arguments: [0, 4, 11], [0, 1, 100_000])
    func `brotli -t accepts it and brotli -dc gives it back`(quality: Int, byteCount: Int) throws {
      let body = Payload.text(byteCount)
      let pool = ContentEncoderPool.brotli(quality: BrotliQuality(clamping: quality))
      var lease = try pool.lease()
      var output: ContiguousArray<UInt8> = []
      try lease.encode(body.span.extracting(..<(byteCount / 2)), flush: .sync, into: &output)
      try lease.encode(body.span.extracting((byteCount / 2)...), flush: .finish, into: &output)
      guard
        let result = try ForeignTool.run(
          "brotli", "brotli -t <in && brotli -dc <in >out", on: output)
      else { return }
      #expect(result.status == 0)
      #expect(result.output == body)
    }
  }
#endif
