#if Hummingbird
  import HTTPContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  import Hummingbird
  import OutputBuffering
  import OutputBufferingHummingbird
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Testing

  extension SocketTests {
    /// The effects of a handler's operations, as seen by a client.
    @Suite struct BufferedResponseTests {
      static let gzip = [("Accept-Encoding", "gzip")]

      static func run(
        head: HTTPResponse = .html,
        _ handler: @escaping @Sendable (BufferedResponse, Journal) async throws -> Void,
        _ client: @escaping @Sendable (HTTP1Connection, Journal) throws -> Void
      ) async throws {
        try await TestServer.run { router, server in
          server.handle(router, "/", head: head) { try await handler($0, server.journal) }
        } _: { server in
          try await server.client { try client($0, server.journal) }
        }
      }

      @Test func `an interim response comes at once, uncoded, and ahead of the final one`()
        async throws
      {
        try await Self.run { response, journal in
          try await response.sendInformational(
            HTTPResponse(
              status: .init(code: 103), headerFields: [.init("Link")!: "</a.css>; rel=preload"]))
          try await journal.wait(for: "seen")
          try await response.write(bigText)
        } _: { client, journal in
          try client.send(HTTP1Connection.request("/", Self.gzip))
          let response = try client.readResponse(
            within: .seconds(2), until: { !$0.interim.isEmpty })
          let interim = try #require(response.interim.first)
          #expect(interim.head.status == 103 && interim.head["link"] == "</a.css>; rel=preload")
          for name in ["content-encoding", "content-length", "transfer-encoding"] {
            #expect(interim.head[name] == nil)
          }
          #expect(response.head == nil)
          journal.note("seen")
          try client.read(response)
          #expect(response.status == 200 && response["content-encoding"] == "gzip")
          #expect(response.framing == .length(response.content.count))
          #expect(response.text == bigText && response["link"] == nil)
          // HTTP/1.0 has no interim responses (RFC 9110 §15.2).
          let old = try HTTP1Connection(port: client.port).gzipped("/", version: "1.0")
          #expect(old.interim.isEmpty && old.text == bigText)
        }
      }

      @Test(arguments: [false, true])
      func `trailers make the message chunked`(flushes: Bool) async throws {
        try await Self.run { response, _ in
          try response.setTrailers([.init("X-Sum")!: "42"])
          try await response.write(bigText)
          if flushes { try await response.flush() }
        } _: { client, _ in
          let response = try client.gzipped("/")
          #expect(response.framing == .chunked && response.text == bigText)
          #expect(response.trailers.map(\.text) == ["42"])
          #expect(try client.gzipped("/").isComplete)
          let old = try client.gzipped("/", version: "1.0")
          #expect(old.trailers.isEmpty && old.text == bigText)
        }
      }

      @Test func `a flush before any byte sends the head`() async throws {
        try await Self.run { response, journal in
          try await response.flush()
          try await journal.wait(for: "seen")
          try await response.write(bigText)
        } _: { client, journal in
          try client.send(HTTP1Connection.request("/", Self.gzip))
          let response = try client.readResponse(within: .seconds(2), until: { $0.head != nil })
          #expect(response["content-encoding"] == "gzip" && response["content-length"] == nil)
          journal.note("seen")
          try client.read(response)
          #expect(response.isComplete && response.text == bigText)
        }
      }

      @Test func `a declared length is dropped when the body is coded, also after a flush`()
        async throws
      {
        try await Self.run { response, _ in
          try response.updateHead { $0.headerFields[.contentLength] = "6200" }
          try await response.flush()
          try await response.write(bigText)
        } _: { client, _ in
          let coded = try client.gzipped("/")
          #expect(coded["content-encoding"] == "gzip" && coded.framing == .chunked)
          #expect(coded.text == bigText)
          let plain = try client.exchange("/")
          #expect(plain.framing == .length(6200) && plain.text == bigText)
        }
      }

      @Test func `one flush takes text through three buffers to the client`() async throws {
        try await Self.run { response, journal in
          for _ in 0..<3 { response.output.start() }
          try await response.write("tiny")
          journal.note("flushing")
          try await response.flush()
          journal.note("flushed")
          try await journal.wait(for: "seen")
          try await response.write(bigText)
        } _: { client, journal in
          try client.send(HTTP1Connection.request("/", Self.gzip))
          let response = try client.readResponse(within: .seconds(2), until: { $0.text == "tiny" })
          let flushing = try #require(journal.instant(of: "flushing"))
          #expect(flushing.elapsed <= .milliseconds(50))
          journal.note("seen")
          try client.read(response)
          #expect(response.text == "tiny" + bigText && response.isDecoded)
        }
      }

      @Test func `flushes with nothing new leave the stream as it is`() async throws {
        try await Self.run { response, _ in
          try await response.write("a")
          for _ in 0..<3 { try await response.flush() }
          try await response.write(bigText)
          for _ in 0..<3 { try await response.flush() }
        } _: { client, _ in
          let response = try client.gzipped("/")
          #expect(response.isComplete && response.text == "a" + bigText)
          #expect(response.chunkCount <= 3)
        }
      }

      @Test func `every event of an event stream arrives when it is written`() async throws {
        try await Self.run(head: .eventStream) { response, journal in
          for number in 1...4 {
            journal.note("event \(number)")
            try await response.write("data: event \(number)\n\n")
            try await journal.wait(for: "seen \(number)")
          }
        } _: { client, journal in
          try client.send(HTTP1Connection.request("/", Self.gzip))
          let response = try client.expectResponse()
          for number in 1...4 {
            try client.read(
              response, within: .seconds(2), until: { $0.text.contains("event \(number)\n\n") }
            )
            let written = try #require(journal.instant(of: "event \(number)"))
            #expect(written.elapsed <= .milliseconds(100))
            journal.note("seen \(number)")
          }
          try client.read(response)
          #expect(response["content-encoding"] == "gzip" && response.isDecoded)
        }
      }

      @Test func `proxies are asked not to hold the response back`() async throws {
        try await Self.run { response, _ in
          try response.disableProxyBuffering()
          try await response.write(bigText)
        } _: { client, _ in
          let response = try client.gzipped("/")
          #expect(response["x-accel-buffering"] == "no" && response.text == bigText)
        }
      }

      @Test func `a reset leaves no trace`() async throws {
        try await Self.run { response, _ in
          try response.updateHead { $0.headerFields[.eTag] = #""v1""# }
          response.output.start()
          try await response.write(bigText)
          try response.reset()
          try await response.write("tiny")
        } _: { client, _ in
          let response = try client.gzipped("/")
          #expect(response.framing == .length(4) && response.text == "tiny")
          #expect(response["etag"] == nil && response["content-encoding"] == nil)
        }
      }

      @Test func `after the end nothing is written, and what can't be undone throws`() async throws
      {
        try await Self.run { response, journal in
          try await response.write(bigText)
          try await response.finish()
          try await response.write("late")
          try await response.write("")
          try await response.flush()
          try await response.finish(.close)
          #expect(throws: ResponseError.self) { try response.updateHead { $0.status = .gone } }
          #expect(throws: ResponseError.self) { try response.reset() }
          #expect(response.discardedByteCount == 4)
          #expect(response.connectionStatus == .finished)
          journal.note("worked")
        } _: { client, journal in
          for _ in 0..<3 {
            let response = try client.gzipped("/")
            #expect(response.status == 200 && response.text == bigText)
          }
          #expect(try client.isQuiet(for: .milliseconds(50)))
        }
      }

      @Test(arguments: [false, true])
      func `HEAD keeps its connection until its handler is done, where that isn't admitted`(
        hasFinished: Bool
      ) async throws {
        let options = TestServer.Options {
          $0.hasHeadEndpoints = true
          $0.service.maximumReleasedHandlers = 0
        }
        try await TestServer.run(options) { router, server in
          server.handle(router, "/") { response in
            try await response.write(bigText)
            if hasFinished { try await response.finish() } else { try await response.flush() }
            try await server.journal.wait(for: "go on")
            server.journal.note("worked \(Task.isCancelled)")
          }
          router.get("/next") { _, _ in "next" }
        } _: { server in
          try await server.client { client in
            let head = try client.exchange("/", method: "HEAD", [])
            #expect(head.status == 200)
            try client.send(HTTP1Connection.request("/next"))
            #expect(try client.isHeld())
            server.journal.note("go on")
            #expect(try client.readResponse().text == "next")
          }
          #expect(server.journal.count(of: "worked false") == 1)
        }
      }

      @Test func `HEAD of a stream runs the handler to its end`() async throws {
        // Hummingbird drops the body of an automatic HEAD endpoint, which must not look like a
        // disconnect.
        let options = TestServer.Options { $0.hasHeadEndpoints = true }
        try await TestServer.run(options) { router, server in
          server.handle(router, "/") { response in
            try response.atEnd { server.journal.note("end \($0)") }
            try await response.write(bigText)
            try await response.flush()
            try await response.write(bigText)
            await server.gate.wait()
            try await response.write(bigText)
          }
        } _: { server in
          // The client stays connected, because its leaving would be noticed until the handler
          // ends.
          let client = try HTTP1Connection(port: server.port)
          let head = try client.gzipped("/", method: "HEAD")
          #expect(head["content-encoding"] == "gzip" && head.isComplete)
          server.gate.open()
          try await server.journal.wait(for: "end finished", within: .seconds(2))
          client.leave(.close)
        }
      }
    }
  }
#endif
