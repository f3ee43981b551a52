#if Configuration
  import Configuration
  import GzipContentCoding
  import HTTPContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  import Synchronization
  import Testing

  @Suite struct ConfigurationTests {
    private static func reader(_ values: [AbsoluteConfigKey: ConfigValue]) -> ConfigReader {
      ConfigReader(provider: InMemoryProvider(values: values))
    }

    private static func settings(
      _ values: [AbsoluteConfigKey: ConfigValue]
    ) throws -> ResponseSettings {
      try ResponseSettings(configuration: reader(values), codings: [.gzip(), .deflate()])
    }

    @Test func `an empty configuration leaves every default`() throws {
      let settings = try Self.settings([:])
      let defaults = ResponseSettings(codings: [.gzip(), .deflate()])
      #expect(settings.codings.map(\.coding) == [.gzip, .deflate])
      #expect(settings.policy == defaults.policy)
      #expect(settings.maximumBufferedBytes == defaults.maximumBufferedBytes)
      #expect(settings.maximumWholeBytes == defaults.maximumWholeBytes)
      #expect(settings.maximumUnsentBytes == defaults.maximumUnsentBytes)
      #expect(settings.timeLimit == nil && settings.stallLimit == .seconds(60))
      #expect(settings.admission == .keepsConnection && !settings.explainsDecision)
    }

    @Test func `every key reaches its setting`() throws {
      let settings = try Self.settings([
        "codings": .init(.stringArray(["deflate", "x-gzip"]), isSecret: false),
        "minimumByteCount": 1,
        "mediaTypes": .init(.stringArray(["image/*", "application/wasm"]), isSecret: false),
        "compressionMode": "force",
        "refusesUnacceptable": true,
        "maximumBufferedBytes": 2,
        "maximumWholeBytes": 3,
        "maximumUnsentBytes": 4,
        "maximumPaddingByteCount": 5,
        "prefersSuspendableCodings": false,
        "plainLengthField": "X-Plain-Length",
        "explainsDecision": true,
        "ignoresDisconnect": true,
        "allowsHalfClosedClients": true,
        "timeLimitSeconds": 1.5,
        "stallLimitSeconds": 20,
        "admission": "refuses",
      ])
      #expect(settings.codings.map(\.coding) == [.deflate, .gzip])
      #expect(settings.policy.minimumByteCount == 1 && settings.policy.mode == .force)
      #expect(settings.policy.mediaTypes.contains("image/png"))
      #expect(!settings.policy.mediaTypes.contains("text/html"))
      #expect(settings.policy.refusesUnacceptable)
      #expect(settings.maximumBufferedBytes == 2 && settings.maximumWholeBytes == 3)
      #expect(settings.maximumUnsentBytes == 4 && settings.explainsDecision)
      #expect(settings.ignoresDisconnect && settings.allowsHalfClosedClients)
      #expect(settings.timeLimit == .seconds(1.5) && settings.stallLimit == .seconds(20))
      #expect(settings.admission == .refuses)
      #expect(settings.policy.maximumPaddingByteCount == 5 && !settings.prefersSuspendableCodings)
      #expect(settings.plainLengthField == HTTPField.Name("X-Plain-Length"))
    }

    @Test func `a limit of 0 seconds is none`() throws {
      #expect(try Self.settings(["stallLimitSeconds": 0]).stallLimit == nil)
    }

    @Test func `one name is a list, and no name switches coding off`() throws {
      #expect(try Self.settings(["codings": "gzip"]).codings.map(\.coding) == [.gzip])
      let none = try Self.settings(["codings": .init(.stringArray([]), isSecret: false)])
      #expect(none.codings.isEmpty)
    }

    @Test(
      arguments: [
        ("codings", "br", "codings must be names among gzip, deflate, not br"),
        ("minimumByteCount", -1, "minimumByteCount must be an integer of at least 0, not -1"),
        ("minimumByteCount", "1k", "minimumByteCount must be an integer of at least 0, not 1k"),
        (
          "mediaTypes", "text",
          "mediaTypes must be media types such as text/html or text/*, not text"
        ),
        ("compressionMode", "on", "compressionMode must be automatic or off or force, not on"),
        ("explainsDecision", 1, "explainsDecision must be true or false, not 1"),
        (
          "stallLimitSeconds", -1.5,
          "stallLimitSeconds must be a number of seconds from 0 to 3,155,760,000, not -1.5"
        ),
        (
          "timeLimitSeconds", "soon",
          "timeLimitSeconds must be a number of seconds from 0 to 3,155,760,000, not soon"
        ),
        ("admission", "waits", "admission must be keepsConnection or refuses, not waits"),
      ] as [(AbsoluteConfigKey, ConfigValue, String)])
    func `a value that can't be used is named with what its key takes`(
      key: AbsoluteConfigKey, value: ConfigValue, message: String
    ) throws {
      let error = #expect(throws: InvalidConfiguration.self) {
        try Self.settings([key: value])
      }
      #expect(error?.description == message)
    }

    @Test func `levels come from keys of the coding's name`() throws {
      let gzip = try ContentCodingOffer.gzip(configuration: Self.reader(["gzip.level": 9]))
      #expect(gzip.coding == .gzip && gzip.pool === ContentCodingOffer.gzip(level: 9).pool)
      let deflate = try ContentCodingOffer.deflate(
        configuration: Self.reader([
          "deflate.level": 1, "deflate.engine": "zlib", "deflate.idleEncoderLimit": 3,
        ]))
      #expect(
        deflate.pool
          === ContentCodingOffer.deflate(level: .fastest, engine: .zlib, idleEncoderLimit: 3).pool)
      let error = #expect(throws: InvalidConfiguration.self) {
        try ContentCodingOffer.gzip(configuration: Self.reader(["gzip.level": 12]))
      }
      #expect(error?.key == "gzip.level" && error?.value == "12")
    }

    @Test(.timeLimit(.minutes(1)))
    func `buffering from a configuration keeps unfinished work`() async throws {
      let kept = Mutex<[String]>([])
      let values: [AbsoluteConfigKey: ConfigValue] = [
        "shutdown.drainDeadlineSeconds": 0, "shutdown.cancellationDeadlineSeconds": 0,
      ]
      let buffering = try ResponseBuffering(
        configuration: Self.reader(values), codings: [],
        keepingUnfinished: { works in kept.withLock { $0 += works.map(\.name) } })
      let exchange = FakeServer(service: buffering.service).start { response in
        try response.afterRelease(named: "receipt", payload: 1) { _ in
          try await Task.sleep(for: .seconds(600))
        }
      }
      _ = try await exchange.receiveAll()
      await buffering.service.drain()
      #expect(kept.withLock(\.self) == ["receipt"])
    }

    @Test func `the environment spells keys in its own way`() throws {
      let reader = ConfigReader(
        provider: EnvironmentVariablesProvider(environmentVariables: [
          "RESPONSE_CODINGS": "deflate,gzip", "RESPONSE_MINIMUM_BYTE_COUNT": "7",
          "RESPONSE_MAXIMUM_RELEASED_HANDLERS": "8",
          "RESPONSE_SHUTDOWN_DRAIN_DEADLINE_SECONDS": "9",
          "RESPONSE_SHUTDOWN_RESPONSE_DEADLINE_SECONDS": "0.5",
          "RESPONSE_SHUTDOWN_CANCELLATION_DEADLINE_SECONDS": "1",
          "RESPONSE_SHUTDOWN_KEEPING_DEADLINE_SECONDS": "4",
        ])
      ).scoped(to: "response")
      let buffering = try ResponseBuffering(configuration: reader, codings: [.gzip(), .deflate()])
      #expect(buffering.settings.codings.map(\.coding) == [.deflate, .gzip])
      #expect(buffering.settings.policy.minimumByteCount == 7)
      let service = buffering.service.settings
      #expect(service.maximumReleasedHandlers == 8 && service.drainDeadline == .seconds(9))
      #expect(service.responseDeadline == .milliseconds(500))
      #expect(service.cancellationDeadline == .seconds(1))
      #expect(service.keepingDeadline == .seconds(4))
    }
  }
#endif
