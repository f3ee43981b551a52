#if Hummingbird
  import HTTPOutputBuffering
  import HTTPTypes
  import Hummingbird
  import NIOCore
  import OutputBufferingHummingbird
  import OutputBufferingTesting
  import Testing

  extension SocketTests {
    /// Routes behind the middleware that compare entity tags as strings.
    @Suite struct ConditionTests {
      private static func run(_ body: (TestServer) async throws -> Void) async throws {
        try await TestServer.run { router, server in
          // A second middleware doesn't take the client's tag for the route's.
          router.add(middleware: ContentCodingMiddleware(server.buffering))
          router.get("/") { request, _ in
            if request.headers[.ifNoneMatch] == #""v1""# {
              return Response(status: .notModified, headers: [.eTag: #""v1""#])
            }
            if request.headers[.range] != nil {
              return MiddlewareTests.plain(
                [.contentRange: "bytes 0-9/6200"], status: .partialContent, text: "0123456789")
            }
            return MiddlewareTests.plain([.eTag: #""v1""#])
          }
          router.get("/buffered") { [buffering = server.buffering] request, context in
            let isMatch = request.headers[.ifNoneMatch] == #""v1""#
            return try await buffering.response(to: request, context: context, head: .html) {
              response in
              try response.updateHead { head in
                head.headerFields[.eTag] = #""v1""#
                if isMatch { head.status = .notModified }
              }
              if !isMatch { try await response.write(bigText) }
            }
          }
        } _: { server in
          try await body(server)
        }
      }

      @Test(arguments: ["/", "/buffered"])
      func `a client comes back with the tag of a coded response`(path: String) async throws {
        try await Self.run { server in
          try await server.client { client in
            let first = try client.gzipped(path)
            #expect(first["content-encoding"] == "gzip")
            let tag = try #require(first["etag"])
            #expect(tag == #"W/"v1--gzip""#)
            for tags in [tag, #""v1""#] {
              let second = try client.exchange(
                path, [("Accept-Encoding", "gzip"), ("If-None-Match", tags)])
              #expect(second.status == 304)
              #expect(second["etag"] == tags)
              #expect(second["vary"] == "Accept-Encoding" && second["content-encoding"] == nil)
            }
            let other = try client.exchange(
              path, [("Accept-Encoding", "gzip"), ("If-None-Match", #"W/"v1--br""#)])
            #expect(other.status == 200)
          }
        }
      }

      @Test func `a range with If-Range is answered by the whole where it may be coded`()
        async throws
      {
        try await Self.run { server in
          try await server.client { client in
            let range = ("Range", "bytes=0-9")
            let gzip = ("Accept-Encoding", "gzip")
            for ifRange in [#""v1""#, #"W/"v1--gzip""#, "Sat, 28 Nov 2026 10:00:00 GMT"] {
              let whole = try client.exchange("/", [gzip, range, ("If-Range", ifRange)])
              #expect(whole.status == 200 && whole.text == bigText)
            }
            let ours = try client.exchange("/", [range, ("If-Range", #"W/"v1--gzip""#)])
            #expect(ours.status == 200)
            let part = try client.exchange("/", [range, ("If-Range", #""v1""#)])
            #expect(part.status == 206 && part.text == "0123456789")
            #expect(try client.exchange("/", [gzip, range]).status == 206)
          }
        }
      }

      @Test(arguments: ["gzip", "identity"])
      func `trailers that can't be any are left out (RFC 9110 §6.5.1)`(acceptEncoding: String)
        async throws
      {
        try await TestServer.run { router, _ in
          router.get("/") { _, _ in
            var response = MiddlewareTests.plain()
            response.body = ResponseBody { writer in
              try await writer.write(ByteBuffer(string: bigText))
              try await writer.finish([.setCookie: "a=1", .contentRange: "x", .eTag: #""v1""#])
            }
            return response
          }
        } _: { server in
          let response = try await server.client {
            try $0.exchange("/", [("Accept-Encoding", acceptEncoding)])
          }
          #expect(response.isComplete && response.text == bigText)
          let tag = acceptEncoding == "gzip" ? #"W/"v1--gzip""# : #""v1""#
          #expect(response.trailers.map { $0.name.lowercased() } == ["etag"])
          #expect(response.trailers.first?.text == tag)
        }
      }
    }
  }
#endif
