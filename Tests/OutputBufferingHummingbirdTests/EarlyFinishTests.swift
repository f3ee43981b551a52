#if Hummingbird
  import HTTPOutputBuffering
  import HTTPTypes
  import OutputBufferingHummingbird
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Testing

  extension SocketTests {
    /// The response is complete before the handler begins its remaining work (RFC 9112 §9.6; issue
    /// 2).
    @Suite struct EarlyFinishTests {
      static let limit = Duration.milliseconds(100)

      enum Shape: String, CaseIterable, Sendable {
        case whole, flushed, chunked, empty, redirect
      }

      /// The handler of all tests: it responds, ends the response, works, and writes bytes to be
      /// discarded.
      static func route(_ server: TestServer)
        -> @Sendable (BufferedResponse, Shape, Bool) async throws
        -> Void
      {
        { response, shape, closes in
          switch shape {
          case .whole: try await response.write(bigText)
          case .flushed:
            try await response.write("first ")
            try await response.flush()
            try await response.write(bigText)
          case .chunked:
            for _ in 0..<40 { try await response.write(bigText) }
          case .empty: break
          case .redirect:
            try response.updateHead { head in
              head.status = .found
              head.headerFields[.location] = "/"
            }
          }
          try await response.finish(closes ? .close : .keepAlive)
          server.journal.note("finished")
          await server.gate.wait()
          try Task.checkCancellation()
          try await response.write("nobody may see this")
          server.journal.note("worked, \(response.discardedByteCount) bytes discarded")
        }
      }

      static func text(_ shape: Shape) -> String {
        switch shape {
        case .whole: bigText
        case .flushed: "first " + bigText
        case .chunked: String(repeating: bigText, count: 40)
        case .empty, .redirect: ""
        }
      }

      static func run(_ body: (TestServer) async throws -> Void) async throws {
        try await TestServer.run { router, server in
          for shape in Shape.allCases {
            for closes in [false, true] {
              let path = "/\(shape)\(closes ? "-close" : "")"
              for method in [HTTPRequest.Method.get, .head] {
                server.handle(router, path, method: method) { response in
                  try await route(server)(response, shape, closes)
                }
              }
            }
          }
          server.handle(router, "/next") { try await $0.write("next") }
        } _: { server in
          try await body(server)
        }
      }

      static let worked = "worked, 19 bytes discarded"

      @Test func `the message is whole at once and the next request is served`() async throws {
        try await Self.run { server in
          try await server.client { client in
            for (shape, coding) in Shape.allCases.flatMap({ [($0, "gzip"), ($0, "identity")] }) {
              let start = ContinuousClock.now
              let response = try client.exchange("/\(shape)", [("Accept-Encoding", coding)])
              #expect(start.elapsed <= Self.limit)
              #expect(response.isComplete && response.text == Self.text(shape))
              let isCoded = coding == "gzip" && shape != .empty && shape != .redirect
              #expect(response["content-encoding"] == (isCoded ? "gzip" : nil))
              let isWhole = shape != .flushed && shape != .chunked
              #expect(response.framing == (isWhole ? .length(response.content.count) : .chunked))
              let second = ContinuousClock.now
              #expect(try client.exchange("/next").text == "next")
              #expect(second.elapsed <= Self.limit)
            }
          }
          server.gate.open()
          try await server.journal.wait(for: Self.worked, times: 10)
        }
      }

      @Test func `with close the connection ends at once`() async throws {
        try await Self.run { server in
          for shape in Shape.allCases {
            try await server.client { client in
              let start = ContinuousClock.now
              let response = try client.gzipped("/\(shape)-close")
              #expect(response.isComplete && response.text == Self.text(shape))
              #expect(response["connection"] == "close" || response.framing == .chunked)
              let end = try client.waitForEnd()
              #expect(start.duration(to: end.at) <= Self.limit)
              #expect(end.late.isEmpty && !end.isReset)
            }
          }
          server.gate.open()
          try await server.journal.wait(for: Self.worked, times: 5)
        }
      }

      @Test func `the connection ends at once where the request says so`() async throws {
        try await Self.run { server in
          for (version, connection) in [
            ("1.1", "close"), ("1.1", "Close"), ("1.1", "foo, close"), ("1.0", "foo"),
            ("1.0", "keep-alive"),
          ] {
            try await server.client { client in
              let start = ContinuousClock.now
              let response = try client.exchange(
                "/whole", version: version,
                [("Connection", connection), ("Accept-Encoding", "gzip")])
              #expect(response.text == bigText)
              #expect(response.framing == .length(response.content.count))
              #expect(response["connection"] == "close")
              let end = try client.waitForEnd()
              #expect(start.duration(to: end.at) <= Self.limit)
              #expect(end.late.isEmpty && !end.isReset)
            }
          }
          server.gate.open()
          try await server.journal.wait(for: Self.worked, times: 5)
        }
      }

      @Test func `a stream to HTTP 1.0 is ended by closing, at once`() async throws {
        try await Self.run { server in
          try await server.client { client in
            let start = ContinuousClock.now
            let response = try client.gzipped("/flushed", version: "1.0")
            #expect(start.elapsed <= Self.limit)
            #expect(response.isComplete && !response.isReset)
            #expect(response.framing == .close)
            #expect(response["transfer-encoding"] == nil)
            #expect(response["content-encoding"] == nil)
            #expect(response.text == Self.text(.flushed))
          }
          server.gate.open()
          try await server.journal.wait(for: Self.worked)
        }
      }

      @Test(arguments: [Shape.whole, .flushed])
      func `HEAD is answered without content and at once`(shape: Shape) async throws {
        try await Self.run { server in
          try await server.client { client in
            let start = ContinuousClock.now
            let response = try client.gzipped("/\(shape)", method: "HEAD")
            #expect(response.isComplete && response["content-encoding"] == "gzip")
            #expect(try client.exchange("/next").text == "next")
            #expect(start.elapsed <= Self.limit * 2)
          }
          server.gate.open()
          if shape == .flushed {
            // It continues to write, and its writes throw because the client has left.
            #expect(await eventually { server.buffering.service.handlerCount == 0 })
            #expect(server.journal.count(of: "finished") == 0)
          } else {
            try await server.journal.wait(for: "finished")
            #expect(
              await eventually { server.journal.entries.contains { $0.hasPrefix("worked") } })
          }
        }
      }

      @Test func `a request in the same packet is answered at once`() async throws {
        try await Self.run { server in
          nonisolated(unsafe) let reader = try HTTP1Connection(port: server.port)
          try await onThread {
            let client = unsafe reader
            let start = ContinuousClock.now
            let fields = [("Accept-Encoding", "gzip")]
            try client.send(
              HTTP1Connection.request("/whole", fields)
                + HTTP1Connection.request("/flushed", fields)
                + HTTP1Connection.request("/next"))
            #expect(try client.readResponse().text == bigText)
            #expect(try client.readResponse().text == "first " + bigText)
            #expect(try client.readResponse().text == "next")
            #expect(start.elapsed <= Self.limit)
          }
          server.gate.open()
          try await server.journal.wait(for: Self.worked, times: 2)
          // Bytes written after the ends don't appear between the messages.
          let next = try await onThread { try unsafe reader.exchange("/next").text }
          #expect(next == "next")
        }
      }

      @Test func `a request after a response that closes isn't executed`() async throws {
        try await Self.run { server in
          for _ in 0..<20 {
            try await server.client { client in
              try client.send(
                HTTP1Connection.request("/whole-close") + HTTP1Connection.request("/chunked")
                  + HTTP1Connection.request("/next"))
              #expect(try client.readResponse().text == bigText)
              #expect(try client.waitForEnd().late.isEmpty)
            }
          }
          server.gate.open()
          try await server.journal.wait(for: Self.worked, times: 20)
          #expect(server.journal.count(of: "finished") == 20)
        }
      }
    }
  }
#endif
