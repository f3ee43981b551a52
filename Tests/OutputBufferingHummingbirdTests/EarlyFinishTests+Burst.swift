#if Hummingbird
  import Foundation
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Testing

  // A hundred requests at once
  extension SocketTests.EarlyFinishTests {
    /// Sends a hundred requests at once.
    ///
    /// - Returns: The time until the last response, or the last FIN, arrived.
    static func burst(
      _ server: TestServer, _ path: String, text: String, awaitsEnd: Bool = false
    ) async throws -> Duration {
      let port = server.port
      return try await onThread {
        let clients = try (0..<100).map { _ in try HTTP1Connection(port: port) }
        let start = ContinuousClock.now
        for client in clients {
          try client.send(HTTP1Connection.request(path, [("Accept-Encoding", "gzip")]))
        }
        for client in clients where !awaitsEnd {
          // Check the responses afterwards, because the checks take time.
          try client.read(by: start + HTTP1Connection.patience)
        }
        if awaitsEnd {
          for client in clients { _ = try client.waitForEnd() }
        }
        let duration = start.elapsed
        for client in clients {
          let isWhole = try client.readResponse(within: .zero).text == text
          #expect(isWhole)
        }
        return duration
      }
    }

    /// The limit of 100 ms assumes a fast machine.
    ///
    /// If even a hundred ordinary requests take longer, as in a debug build on a busy machine, five
    /// times their time is allowed.
    @Test(.enabled(if: !isSanitized, "a sanitizer takes the time that is measured"))
    func `a hundred at once are all answered and released at once`() async throws {
      try await Self.run { server in
        _ = try await Self.burst(server, "/next", text: "next")
        let ordinary = try await Self.burst(server, "/next", text: "next")
        let limit = max(Self.limit, ordinary * 5)
        let early = try await Self.burst(server, "/whole", text: bigText)
        #expect(early <= limit)
        let closed = try await Self.burst(server, "/whole-close", text: bigText, awaitsEnd: true)
        #expect(closed <= limit)
        print("100 at once: ordinary \(ordinary), early \(early), closed \(closed)")
        server.gate.open()
        try await server.journal.wait(for: Self.worked, times: 200)
      }
    }

    @Test func `a hundred connections serve their next request while the handlers work`()
      async throws
    {
      try await Self.run { server in
        try await server.clients(100) { client, _ in
          let response = try client.gzipped("/whole")
          #expect(response.text == bigText)
          #expect(try client.exchange("/next").text == "next")
        }
        server.gate.open()
        try await server.journal.wait(for: Self.worked, times: 100)
      }
    }
  }
#endif
