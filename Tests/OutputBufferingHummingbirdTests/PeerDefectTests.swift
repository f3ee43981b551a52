#if Hummingbird
  import HTTPContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  import Hummingbird
  import NIOCore
  import OutputBufferingHummingbird
  import OutputBufferingTesting
  import Testing

  extension SocketTests {
    /// Shows that the defects H1 to H12 of hummingbird-compression, as seen by clients, don't occur
    /// here.
    @Suite struct PeerDefectTests {
      static func run(_ body: (TestServer) async throws -> Void) async throws {
        let options = TestServer.Options { $0.hasHeadEndpoints = true }
        try await TestServer.run(options) { router, server in
          router.get("/big") { _, _ in MiddlewareTests.plain([.eTag: #""v1""#]) }
          router.get("/br") { _, _ in MiddlewareTests.plain([.contentEncoding: "br"]) }
          router.get("/png") { _, _ in MiddlewareTests.plain(type: "image/png") }
          for (path, status) in [("/204", 204), ("/304", 304), ("/empty", 200)] {
            router.get(RouterPath(path)) { _, _ in
              Response(
                status: .init(code: status), headers: [.contentType: "text/html"],
                body: ResponseBody { try await $0.finish(nil) })
            }
          }
          router.get("/events") { _, _ in
            Response(
              status: .ok, headers: [.contentType: "text/event-stream"],
              body: ResponseBody { writer in
                for number in 1...3 {
                  try await writer.write(ByteBuffer(string: "data: \(number)\n\n"))
                  server.journal.note("written \(number)")
                  try await server.journal.wait(for: "seen \(number)")
                }
                try await writer.finish(nil)
              })
          }
        } _: { server in
          try await body(server)
        }
      }

      static let hostile = [
        "gzip;q", "gzip;", ";q=1", ",", "gzip;;q=1", "gzip;q=", "gzip;q=abc", "gzip;q=1.5",
        "gzip;q=-1", "gzip;q=0.5000", "=", ";", ";;;;", "q=1", "gzip;q=1;q=", "*;q", "\t", "\"gzip",
        String(repeating: ",", count: 64 * 1024), String(repeating: "gzip;q=", count: 9000),
        String(repeating: "*;q=0.001,", count: 6500),
      ]

      @Test func `H1: no Accept-Encoding takes the server down`() async throws {
        try await Self.run { server in
          for value in Self.hostile {
            let start = ContinuousClock.now
            try await server.client { client in
              let response = try client.exchange("/big", [("Accept-Encoding", value)])
              #expect(response.status == 200 && response.text == bigText)
            }
            #expect(start.elapsed <= .milliseconds(500))
          }
          try await server.client { client in
            // Bytes that aren't text in any encoding.
            try client.send("GET /big HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gz")
            try client.send([0xff, 0xc3, 0x28, 0x80, 0xe4])
            try client.send(";q=1\r\n\r\n")
            let response = try client.readResponse()
            #expect(response.status == 200 || response.status == 400)
          }
          try await server.expect("/big", answers: bigText)
        }
      }

      @Test func `H2, H10: framing is the server's, and a whole body has its length`() async throws
      {
        try await Self.run { server in
          try await server.client { client in
            let whole = try client.gzipped("/big")
            #expect(whole["transfer-encoding"] == nil)
            #expect(whole.framing == .length(whole.content.count) && whole.text == bigText)
          }
        }
      }

      @Test(arguments: [
        ("br, gzip", true), ("identity, gzip", true), ("gzip;q=1.0, deflate;q=0.5", true),
        ("GZIP", true), ("x-gzip", true), ("gzip\t;\tq=0.5", true), ("*", true),
        ("gzipfoo", false), ("gzip;level=1", false), ("gzip;q=0, *;q=0", false),
      ])
      func `H3: Accept-Encoding is a list of whole tokens`(
        accepting: String, isCoded: Bool
      ) async throws {
        try await Self.run { server in
          try await server.client { client in
            let response = try client.exchange("/big", [("Accept-Encoding", accepting)])
            #expect(response["content-encoding"] == (isCoded ? "gzip" : nil))
            #expect(response.text == bigText)
          }
        }
      }

      @Test func `H4: a stream isn't held back`() async throws {
        try await Self.run { server in
          try await server.client { client in
            try client.send(HTTP1Connection.request("/events", [("Accept-Encoding", "gzip")]))
            let response = try client.expectResponse()
            for number in 1...3 {
              // The route continues only after the client has seen the event.
              try client.read(
                response, within: .seconds(2),
                until: { $0.text.contains("data: \(number)\n\n") })
              #expect(response.text.contains("data: \(number)\n\n"))
              server.journal.note("seen \(number)")
            }
            try client.read(response)
            #expect(response.isComplete && response["content-encoding"] == "gzip")
          }
        }
      }

      @Test func `H5: a body that is coded already isn't coded again`() async throws {
        try await Self.run { server in
          try await server.client { client in
            let response = try client.gzipped("/br")
            #expect(response.head?.lines("content-encoding") == ["br"])
            #expect(response.content == Array(bigText.utf8))
          }
        }
      }

      @Test func `H6: Vary is sent, the tag is weak, and pictures pass`() async throws {
        try await Self.run { server in
          try await server.client { client in
            let big = try client.gzipped("/big")
            #expect(big["vary"] == "Accept-Encoding" && big["etag"] == #"W/"v1--gzip""#)
            #expect(try client.gzipped("/png")["content-encoding"] == nil)
          }
        }
      }

      @Test(arguments: ["/204", "/304", "/empty"])
      func `H7: what has no content isn't labelled as coded`(path: String) async throws {
        try await Self.run { server in
          try await server.client { client in
            let response = try client.gzipped(path)
            #expect(response.isComplete && response["content-encoding"] == nil)
            #expect(response.content.isEmpty)
            #expect(try client.gzipped("/big").text == bigText)
          }
        }
      }

      @Test func `H8: HTTP 1.0 gets no chunks`() async throws {
        try await Self.run { server in
          try await server.client { client in
            let response = try client.gzipped("/big", version: "1.0")
            #expect(response["transfer-encoding"] == nil && response.text == bigText)
          }
        }
      }

      @Test func `H9: HEAD has no length that GET doesn't have`() async throws {
        try await Self.run { server in
          try await server.client { client in
            let head = try client.gzipped("/big", method: "HEAD")
            #expect(head["content-encoding"] == "gzip" && head["vary"] == "Accept-Encoding")
            #expect(head["content-length"] == nil)
            #expect(try client.gzipped("/big").text == bigText)
          }
        }
      }

      @Test func `H11: one encoder serves one response after another`() async throws {
        try await Self.run { server in
          try await server.client { client in
            for _ in 0..<20 {
              let response = try client.gzipped("/big")
              #expect(response.text == bigText)
            }
          }
          #expect(server.pools.map(\.idleCount) == [1, 0])
        }
      }

      @Test func `H12: of equals gzip is taken, deflate where it is preferred`() async throws {
        try await Self.run { server in
          try await server.client { client in
            let equal = try client.exchange(
              "/big", [("Accept-Encoding", "deflate"), ("Accept-Encoding", "gzip")])
            #expect(equal["content-encoding"] == "gzip" && equal.text == bigText)
            let preferred = try client.exchange(
              "/big", [("Accept-Encoding", "gzip;q=0.5, deflate;q=0.8")])
            #expect(preferred["content-encoding"] == "deflate" && preferred.text == bigText)
          }
        }
      }

      @Test func `responses of one connection are independent of each other`() async throws {
        try await Self.run { server in
          try await server.client { client in
            for _ in 0..<3 {
              #expect(try client.gzipped("/big")["content-encoding"] == "gzip")
              #expect(try client.exchange("/big")["content-encoding"] == nil)
              #expect(try client.gzipped("/big").text == bigText)
              #expect(try client.gzipped("/304").status == 304)
              #expect(try client.gzipped("/big", method: "HEAD").isComplete)
              #expect(try client.gzipped("/big").text == bigText)
            }
            // And all in one packet
            let gzip = [("Accept-Encoding", "gzip")]
            try client.send(
              HTTP1Connection.request("/big", gzip) + HTTP1Connection.request("/big")
                + HTTP1Connection.request("/big", method: "HEAD", gzip)
                + HTTP1Connection.request("/big", method: "HEAD", gzip)
                + HTTP1Connection.request("/204", gzip)
                + HTTP1Connection.request("/big", gzip))
            #expect(try client.readResponse().text == bigText)
            #expect(try client.readResponse()["content-encoding"] == nil)
            #expect(try client.readResponse(to: "HEAD")["content-length"] == nil)
            #expect(try client.readResponse(to: "HEAD")["content-length"] == nil)
            #expect(try client.readResponse().status == 204)
            #expect(try client.readResponse().text == bigText)
          }
        }
      }
    }
  }
#endif
