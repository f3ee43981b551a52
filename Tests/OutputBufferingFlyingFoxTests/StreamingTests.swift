#if FlyingFox
  import HTTPOutputBuffering
  import HTTPTypes
  import OutputBufferingFlyingFox
  import Synchronization
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Testing

  @Suite(.serialized, .timeLimit(.minutes(2))) struct StreamingTests {
    @Test(arguments: [false, true])
    func `what is flushed can be decoded within 50 ms`(isCoded: Bool) async throws {
      let written = Mutex<[ContinuousClock.Instant]>([])
      let seen = AsyncStream.makeStream(of: Void.self)
      try await TestServer.run { response in
        for count in 0..<5 {
          written.withLock { $0.append(.now) }
          try await response.write("<p>\(count)</p>")
          try await response.flush()
          for await _ in seen.stream { break }
        }
      } test: { server in
        let client = try AsyncClient(port: server.port)
        // On a connection's second response Nagle's algorithm would delay the writes.
        for round in 0..<2 {
          try await client.get("/", isCoded ? "Accept-Encoding: gzip" : "X: y")
          let message = try await client.readHead()
          var worst = 0.0
          for count in 0..<5 {
            try await client.read(message) { $0.text.hasSuffix("<p>\(count)</p>") }
            let elapsed = (.now - written.withLock { $0[round * 5 + count] }) / .milliseconds(1)
            worst = max(worst, elapsed)
            seen.continuation.yield()
          }
          print("flush coded=\(isCoded): decoded after \(worst) ms at most")
          #expect(worst < flushMilliseconds)
          try await client.read(message)
          #expect(message.isComplete)
        }
        #expect(try await server.waitUntilIdle())
      }
    }

    @Test(arguments: [false, true])
    func `no chunk is empty but the last`(isCoded: Bool) async throws {
      try await TestServer.run { response in
        try await response.flush()
        try await response.write("")
        try await response.flush()
        try await response.write("one")
        try await response.flush()
        try await response.flush()
        try await response.write("two")
        try await response.flush()
      } test: { server in
        let client = try AsyncClient(port: server.port)
        try await client.get("/", isCoded ? "Accept-Encoding: gzip" : "X: y", "Connection: close")
        let message = try await client.readResponse()
        #expect(message.isComplete)
        #expect(message.text == "onetwo")
        #expect(try await client.waitForEnd())
      }
    }

    @Test(arguments: [false, true])
    func `a long body comes whole, at the pace of its reader`(isCoded: Bool) async throws {
      let written = Atomic(0)
      let page = String(repeating: "0123456789abcdef", count: 4096)
      try await TestServer.run { response in
        for _ in 0..<256 {
          try await response.write(page)
          written.add(1, ordering: .relaxed)
        }
      } test: { server in
        let client = try AsyncClient(port: server.port)
        try await client.get("/", isCoded ? "Accept-Encoding: gzip" : "X: y")
        if !isCoded {
          #expect(await eventually { server.hasStalled.isSet })
          #expect(written.load(ordering: .relaxed) < 256)
        }
        let message = try await client.readResponse()
        #expect(message.isComplete)
        let text = message.text
        #expect(text == String(repeating: page, count: 256))
      }
    }

    @Test(arguments: [false, true])
    func `an error after the head leaves the message broken`(isCoded: Bool) async throws {
      struct Failure: Error {}
      try await TestServer.run { response in
        try await response.write("begun")
        try await response.flush()
        throw Failure()
      } test: { server in
        let client = try AsyncClient(port: server.port)
        try await client.get("/", isCoded ? "Accept-Encoding: gzip" : "X: y")
        let message = try await client.readResponse()
        #expect(message.status == 200)
        #expect(!message.isComplete)
        #expect(try await client.waitForEnd())
        #expect(try await server.waitUntilIdle())
      }
    }

    @Test func `fewer bytes than declared leave the message broken`() async throws {
      try await TestServer.run { response in
        try response.updateHead { $0.headerFields[.contentLength] = "100" }
        try await response.write("short")
        try await response.flush()
      } test: { server in
        let client = try AsyncClient(port: server.port)
        try await client.get("/")
        let message = try await client.readResponse()
        #expect(message["content-length"] == "100")
        #expect(message.text == "short")
        #expect(!message.isComplete)
      }
    }

    @Test func `a time limit that runs out after the head breaks the message`() async throws {
      try await TestServer.run { response in
        try await response.write("begun")
        try await response.flush()
        response.setTimeLimit(.milliseconds(50))
        try await untilCancelled()
      } test: { server in
        let client = try AsyncClient(port: server.port)
        try await client.get("/")
        let message = try await client.readResponse()
        #expect(message.status == 200 && !message.isComplete)
        #expect(try await server.waitUntilIdle())
      }
    }
  }
#endif
