#if Zstd
  import HTTPContentCoding
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Testing
  import ZstdContentCoding

  /// A frame followed by a skippable one (RFC 8878 §3.1.2).
  @Suite struct ZstdPaddingTests {
    private func member(
      _ pool: ContentEncoderPool, _ padding: Int?
    ) throws -> ContiguousArray<UInt8> {
      var lease = try pool.lease()
      var output: ContiguousArray<UInt8> = []
      try lease.begin(BodyDescription(paddingByteCount: padding))
      try lease.encode(Payload.text(5000).span, flush: .sync, into: &output)
      try lease.encode(Span(), flush: .finish, into: &output)
      return output
    }

    @Test(arguments: [0, 1, 100, 65_536])
    func `It is longer by as many bytes and a frame's header, and decodes to the same`(
      padding: Int
    ) throws {
      let pool = ContentEncoderPool.zstd()
      #expect(pool.canPad && ContentCodingOffer.zstd().canPad)
      let plain = try member(pool, nil)
      let padded = try member(pool, padding)
      #expect(padded.count == plain.count + 8 + padding)
      let decoder = ZstdDecoder()
      #expect(try decoder.decode(padded) == Payload.text(5000))
      #expect(decoder.isAtEnd)
      #expect(try member(pool, nil) == plain)
      if let result = try ForeignTool.run("zstd", "zstd -qdc <in >out", on: padded) {
        #expect(result.status == 0 && result.output == Payload.text(5000))
      }
    }

    @Test func `The decoder of the kit is strict`() throws {
      let frame = try member(.zstd(), nil)
      let padded = try member(.zstd(), 3)
      for broken in [frame + frame, frame + [0], padded + frame] {
        let decoder = ZstdDecoder()
        // The bytes after the end are too short for a frame, or rejected.
        let isRefused = (try? decoder.decode(broken)) == nil
        #expect(isRefused || !decoder.isAtEnd)
      }
      // An incomplete skippable frame isn't an end.
      let decoder = ZstdDecoder()
      for byte in padded.dropLast() { _ = try decoder.decode([byte]) }
      #expect(!decoder.isAtEnd)
      _ = try decoder.decode([0])
      #expect(decoder.isAtEnd)
    }
  }
#endif
