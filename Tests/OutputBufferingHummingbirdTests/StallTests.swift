#if Hummingbird
  import Foundation
  import HTTPOutputBuffering
  import HTTPTypes
  import Hummingbird
  import NIOCore
  import OutputBufferingHummingbird
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Testing

  extension SocketTests {
    /// Clients that read nothing, or little, of streams from routes of any kind.
    @Suite struct StallTests {
      private static func run(
        _ type: String, byteCount: Int, _ body: (TestServer) async throws -> Void
      ) async throws {
        let options = TestServer.Options { $0.settings.stallLimit = .milliseconds(800) }
        try await TestServer.run(options) { router, server in
          router.get("/") { _, _ in
            Response(
              status: .ok, headers: [.contentType: type],
              body: ResponseBody { writer in
                var random = SystemRandomNumberGenerator()
                let bytes = (0..<65_536).map { _ in UInt8.random(in: 0...255, using: &random) }
                do {
                  for _ in 0..<(byteCount / bytes.count) {
                    try await writer.write(ByteBuffer(bytes: bytes))
                  }
                  try await writer.finish(nil)
                } catch {
                  server.journal.note("broken off")
                  throw error
                }
              })
          }
        } _: { server in
          try await body(server)
        }
      }

      @Test(arguments: ["text/html", "image/png"])
      func `a stream whose client takes nothing is broken off, coded or not`(
        type: String
      ) async throws {
        try await Self.run(type, byteCount: 64 << 20) { server in
          nonisolated(unsafe) let client = try HTTP1Connection(
            port: server.port, receiveBufferByteCount: 4096)
          try await onThread {
            try unsafe client.send(HTTP1Connection.request("/", [("Accept-Encoding", "gzip")]))
          }
          try await server.journal.wait(for: "broken off")
          try await onThread { unsafe client.leave(.close) }
        }
      }

      @Test func `a client that takes a little is served for longer than the limit`() async throws {
        try await Self.run("image/png", byteCount: 8 << 20) { server in
          let isBroken = try await server.client(receiveBufferByteCount: 16_384) { client in
            try client.send(HTTP1Connection.request("/"))
            let start = ContinuousClock.now
            while start.elapsed < .seconds(3) {
              // The system reports reads only when a good part of the receive buffer is free.
              _ = try client.receive(upTo: 8192, by: .now + .seconds(5))
              Thread.sleep(forTimeInterval: 0.1)
            }
            return server.journal.count(of: "broken off") > 0
          }
          #expect(!isBroken)
        }
      }
    }
  }
#endif
