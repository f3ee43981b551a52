#if FlyingFox
  import HTTPContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  import OutputBufferingFlyingFox
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Testing

  @Suite(.serialized, .timeLimit(.minutes(2))) struct MessageTests {
    private static let page = String(repeating: "<p>text</p>", count: 200)

    @Test func `a whole response has its exact length, coded and not`() async throws {
      try await TestServer.run { response in
        try await response.write(Self.page)
      } test: { server in
        let client = try AsyncClient(port: server.port)
        try await client.get("/")
        let plain = try await client.readResponse()
        #expect(plain["content-length"] == "\(Self.page.utf8.count)")
        #expect(plain["vary"] == "Accept-Encoding")
        #expect(plain.text == Self.page)
        try await client.get("/", "Accept-Encoding: gzip")
        let coded = try await client.readResponse()
        #expect(coded["content-encoding"] == "gzip")
        #expect(coded.isComplete && coded["transfer-encoding"] == nil)
        #expect(coded.text == Self.page)
      }
    }

    @Test(arguments: ["X: y", "Accept-Encoding: gzip"])
    func `HEAD has the length of GET and no content`(line: String) async throws {
      try await TestServer.run { response in
        try await response.write(Self.page)
      } test: { server in
        let client = try AsyncClient(port: server.port)
        try await client.get("/", line)
        let get = try await client.readResponse()
        try await client.send("HEAD / HTTP/1.1\r\nHost: test\r\n\(line)\r\n\r\n")
        let head = try await client.readResponse(to: "HEAD")
        #expect(head["content-length"] == get["content-length"])
        #expect(head["content-encoding"] == get["content-encoding"])
        // The connection stays in use, with nothing between the messages.
        try await client.get("/next")
        #expect(try await client.readResponse().text == "next")
      }
    }

    @Test func `HEAD of a stream says nothing of a length`() async throws {
      let (gate, hasEnded) = (Gate(), Flag())
      try await TestServer.run { response in
        try await response.write(Self.page)
        try await response.flush()
        await gate.wait()
        do {
          try await response.write(Self.page)
        } catch {
          hasEnded.set()
          throw error
        }
      } test: { server in
        let client = try AsyncClient(port: server.port)
        let elapsed = try await milliseconds {
          try await client.send("HEAD / HTTP/1.1\r\nHost: test\r\n\r\n")
          let head = try await client.readResponse(to: "HEAD")
          #expect(head.status == 200)
          #expect(head["content-length"] == nil)
          #expect(head["connection"] == "close")
        }
        #expect(elapsed < promptMilliseconds)
        // The handler continues as admitted, and its next write throws.
        #expect(try await client.waitForEnd())
        #expect(!hasEnded.isSet)
        gate.open()
        #expect(try await server.waitUntilIdle())
        #expect(hasEnded.isSet)
      }
    }

    @Test(arguments: [204, 304], [false, true])
    func `a status without content has none`(status: Int, isFlushed: Bool) async throws {
      try await TestServer.run { response in
        try response.updateHead { $0.status = .init(code: status) }
        try await response.write(Self.page)
        if isFlushed { try await response.flush() }
      } test: { server in
        let client = try AsyncClient(port: server.port)
        // FlyingFox sends `Content-Length: 0` with 204.
        try await client { $0.isStrict = false }
        try await client.get("/", "Accept-Encoding: gzip")
        let message = try await client.readResponse()
        #expect(message.status == status)
        #expect(message["content-encoding"] == nil)
        #expect(message["transfer-encoding"] == nil)
        try await client.get("/next")
        #expect(try await client.readResponse().text == "next")
      }
    }

    @Test(arguments: [false, true])
    func `a client of HTTP 1.0 gets no chunks`(isStreamed: Bool) async throws {
      let gate = Gate()
      try await TestServer.run { response in
        try await response.write(Self.page)
        if isStreamed { try await response.flush() }
        try await response.write(Self.page)
        try await response.finish()
        await gate.wait()
      } test: { server in
        let client = try AsyncClient(port: server.port)
        let elapsed = try await milliseconds {
          try await client.send("GET / HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n")
          let message = try await client.readResponse()
          #expect(message["transfer-encoding"] == nil)
          #expect(message["connection"] == "close")
          #expect(message["content-encoding"] == (isStreamed ? nil : "gzip"))
          #expect(message.isComplete)
          let text = message.text
          #expect(text == Self.page + Self.page)
          #expect(try await client.waitForEnd())
        }
        #expect(elapsed < promptMilliseconds)
        gate.open()
        #expect(try await server.waitUntilIdle())
      }
    }

    @Test func `a stream that a client of HTTP 1.0 can't be sent is an error from the start`()
      async throws
    {
      let settings = ResponseSettings(codings: [], maximumUnsentBytes: 100_000)
      try await TestServer.run(settings) { response in
        while true { try await response.write(Self.page) }
      } test: { server in
        let client = try AsyncClient(port: server.port)
        try await client.send("GET / HTTP/1.0\r\n\r\n")
        #expect(try await client.readResponse().status == 500)
        #expect(try await server.waitUntilIdle())
      }
    }

    @Test func `an error before the commit is the server's`() async throws {
      struct Failure: Error {}
      try await TestServer.run { response in
        try await response.write(Self.page)
        throw Failure()
      } test: { server in
        let client = try AsyncClient(port: server.port)
        try await client.get("/", "Accept-Encoding: gzip")
        let message = try await client.readResponse()
        #expect(message.status == 500)
        #expect(message.content.isEmpty && message["content-encoding"] == nil)
        try await client.get("/next")
        #expect(try await client.readResponse().text == "next")
      }
    }

    @Test func `a time limit that runs out before the commit is 503`() async throws {
      try await TestServer.run { response in
        response.setTimeLimit(.milliseconds(20))
        try await untilCancelled()
      } test: { server in
        let client = try AsyncClient(port: server.port)
        try await client.get("/")
        #expect(try await client.readResponse().status == 503)
        #expect(try await server.waitUntilIdle())
      }
    }

    @Test func `trailers and interim responses are left out and break nothing`() async throws {
      try await TestServer.run { response in
        try await response.sendInformational(HTTPResponse(status: .init(code: 103)))
        try response.setTrailers([.eTag: "\"v1\""])
        try await response.write(Self.page)
      } test: { server in
        let client = try AsyncClient(port: server.port)
        try await client.get("/")
        let message = try await client.readResponse()
        #expect(message.status == 200 && message.isComplete && message.text == Self.page)
        try await client.get("/next")
        #expect(try await client.readResponse().text == "next")
      }
    }

    @Test func `no Accept-Encoding stops the server`() async throws {
      try await TestServer.run { response in
        try await response.write(Self.page)
      } test: { server in
        var random = SeededGenerator(seed: 9110)
        let tokens = [
          "gzip", ";", "q", "=", "0", "1", ".", ",", " ", "\t", "*", "\"", "é", "identity",
        ]
        var client = try AsyncClient(port: server.port)
        for count in 0..<1000 {
          let value = (0..<Int.random(in: 0...12, using: &random)).map { _ in
            tokens.randomElement(using: &random) ?? ""
          }
          try await client.get("/", "Accept-Encoding: \(value.joined())")
          let message = try await client.readResponse()
          try #require(message.isComplete, "\(value.joined())")
          #expect(message.text == Self.page)
          if count % 100 == 99 { client = try AsyncClient(port: server.port) }
        }
        // FlyingFox takes quadratic time for a line (10 s for 16 KiB, in any field).
        let elapsed = try await milliseconds {
          try await client.get("/", "Accept-Encoding: " + String(repeating: ",", count: 2048))
          #expect(try await client.readResponse().isComplete)
        }
        print("2 KiB of commas: \(elapsed) ms")
      }
    }
  }
#endif
