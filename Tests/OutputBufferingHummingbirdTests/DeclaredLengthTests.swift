#if Hummingbird
  import HTTPTypes
  import Hummingbird
  import HummingbirdCore
  import NIOCore
  import OutputBufferingHummingbird
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Testing

  extension SocketTests {
    /// Lengths that routes declare themselves, for bodies that pass uncoded.
    @Suite struct DeclaredLengthTests {
      private static func route(
        _ router: Router<TestServer.Context>, writing byteCount: Int
      ) {
        router.get("/") { _, _ in
          Response(
            status: .ok, headers: [.contentType: "image/png"],
            body: ResponseBody(contentLength: 10) { writer in
              try await writer.write(ByteBuffer(repeating: 1, count: byteCount))
              try await writer.finish(nil)
            })
        }
      }

      @Test(arguments: [5, 11, 5000])
      func `a body of another length breaks off`(byteCount: Int) async throws {
        try await TestServer.run { router, _ in
          Self.route(router, writing: byteCount)
        } _: { server in
          let response = try await server.client { client in
            try client.send(HTTP1Connection.request("/"))
            return try client.readResponse(within: .seconds(5))
          }
          #expect(!response.isComplete)
          #expect(response.content.count < 10)
        }
      }

      @Test(arguments: [100, 6201])
      func `a coded body of another length than its route declares breaks off`(byteCount: Int)
        async throws
      {
        try await TestServer.run { router, server in
          router.get("/") { _, _ in
            Response(
              status: .ok, headers: [.contentType: "text/html", .contentLength: "6200"],
              body: ResponseBody { writer in
                try await writer.write(ByteBuffer(string: "a"))
                await server.gate.wait()
                try await writer.write(ByteBuffer(repeating: 0x61, count: byteCount - 1))
                try await writer.finish(nil)
              })
          }
        } _: { server in
          let response = try await server.client { client in
            try client.send(HTTP1Connection.request("/", [("Accept-Encoding", "gzip")]))
            let response = try client.readResponse(until: { $0.text.hasPrefix("a") })
            server.gate.open()
            try client.read(response)
            return response
          }
          #expect(response["content-encoding"] == "gzip" && response["content-length"] == nil)
          #expect(response.isBroken && !response.isDecoded)
        }
      }

      @Test func `a body in memory of another length than its route declares isn't sent`()
        async throws
      {
        try await TestServer.run { router, _ in
          router.get("/") { _, _ in
            Response(
              status: .ok, headers: [.contentType: "text/html", .contentLength: "6201"],
              body: ResponseBody(byteBuffer: ByteBuffer(string: bigText)))
          }
        } _: { server in
          let response = try await server.client { try $0.gzipped("/") }
          #expect(response.status == 500 && response.isComplete)
          #expect(response["content-encoding"] == nil && response.content.isEmpty)
        }
      }

      @Test func `a body of this length is whole`() async throws {
        try await TestServer.run { router, _ in
          Self.route(router, writing: 10)
        } _: { server in
          for _ in 0..<2 {
            let response = try await server.client { try $0.exchange("/") }
            #expect(response.isComplete && response.content.count == 10)
          }
        }
      }

      /// Hummingbird's own server, without any part of the library.
      @Test func `responses to HEAD leave a connection in step on any server`() async throws {
        try await TestServer.run(.init { $0.server = { _ in .http1() } }) { router, _ in
          router.on("/", method: .head) { _, _ in
            Response(status: .ok, headers: [.contentType: "text/html"])
          }
          router.get("/") { _, _ in
            Response(
              status: .ok, headers: [.contentType: "text/html"],
              body: ResponseBody(byteBuffer: ByteBuffer(string: bigText)))
          }
        } _: { server in
          let response = try await server.client { client in
            _ = try client.exchange("/", method: "HEAD", [])
            return try client.gzipped("/")
          }
          #expect(response.isComplete && response.text == bigText)
        }
      }
    }
  }
#endif
