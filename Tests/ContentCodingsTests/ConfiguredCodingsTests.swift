#if Configuration && Zstd && Brotli
  import Configuration
  import ContentCodings
  import Testing

  @Suite struct ConfiguredCodingsTests {
    private static func defaults(
      _ values: [AbsoluteConfigKey: ConfigValue]
    ) throws -> [ContentCodingOffer] {
      try ContentCodingOffer.defaults(
        configuration: ConfigReader(provider: InMemoryProvider(values: values)))
    }

    @Test func `an empty configuration gives the defaults`() throws {
      let offers = try Self.defaults([:])
      #expect(offers.map(\.coding) == ContentCodingOffer.defaults.map(\.coding))
      for (offer, expected) in zip(offers, ContentCodingOffer.defaults) {
        #expect(offer.pool === expected.pool)
      }
    }

    @Test func `each coding has keys of its name`() throws {
      let offers = try Self.defaults([
        "zstd.level": -3, "zstd.idleEncoderLimit": 5, "br.quality": 9, "br.idleEncoderLimit": 6,
        "gzip.level": 1,
      ])
      let expected: [ContentCodingOffer] = [
        .zstd(level: -3, idleEncoderLimit: 5), .brotli(quality: 9, idleEncoderLimit: 6),
        .gzip(level: 1),
      ]
      for (offer, expected) in zip(offers, expected) { #expect(offer.pool === expected.pool) }
    }

    @Test(
      arguments: [
        ("zstd.level", 20, "zstd.level must be an integer from -7 to 19, not 20"),
        ("br.quality", 12, "br.quality must be an integer from 0 to 11, not 12"),
        ("gzip.engine", "zopfli", nil),
      ] as [(AbsoluteConfigKey, ConfigValue, String?)])
    func `a value out of range is named`(
      key: AbsoluteConfigKey, value: ConfigValue, message: String?
    ) throws {
      let error = #expect(throws: InvalidConfiguration.self) { try Self.defaults([key: value]) }
      if let message { #expect(error?.description == message) }
    }
  }
#endif
