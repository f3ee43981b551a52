#if Hummingbird
  import HTTPOutputBuffering
  import HTTPTypes
  import Hummingbird
  import NIOCore
  import OutputBufferingHummingbird
  import Testing

  extension SocketTests {
    /// A connection that closes has delivered everything before (RFC 9112 §9.6).
    @Suite struct ClosingTests {
      static let length = 4 * 1024 * 1024

      static func run(_ body: (TestServer) async throws -> Void) async throws {
        try await TestServer.run { router, server in
          server.handle(router, "/handler") { response in
            try response.updateHead { $0.headerFields[.contentType] = "image/png" }
            let text = String(repeating: "x", count: length / 64)
            for _ in 0..<64 { try await response.write(text) }
            try await response.finish(.close)
            server.journal.note("finished")
          }
          router.get("/plain") { _, _ in
            server.journal.note("plain")
            return Response(
              status: .ok, headers: [.connection: "close", .contentType: "image/png"],
              body: ResponseBody(
                byteBuffer: ByteBuffer(bytes: [UInt8](repeating: 120, count: length))))
          }
        } _: { server in
          try await body(server)
        }
      }

      @Test(arguments: ["/handler", "/plain"])
      func `to a slow client with pipelined requests too`(path: String) async throws {
        try await Self.run { server in
          let client = try RawClient(port: server.port, receiveBufferByteCount: 64 * 1024)
          try client.send(
            RawClient.request(path) + RawClient.request("/plain") + RawClient.request("/plain"))
          try await server.transport.wait(for: "stalled")
          nonisolated(unsafe) let reader = client
          try await onThread {
            let client = unsafe reader
            let response = try client.readResponse()
            #expect(response.isComplete && response.content.count == Self.length)
            #expect(try client.waitForEnd().late.isEmpty)
          }
          #expect(server.journal.count(of: "plain") == (path == "/plain" ? 1 : 0))
        }
      }
    }
  }
#endif
