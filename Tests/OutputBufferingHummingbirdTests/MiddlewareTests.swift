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
    /// Routes that know nothing of the library, coded by the middleware (peers.md, section 5).
    @Suite struct MiddlewareTests {
      static func plain(
        _ fields: HTTPFields = [:], status: HTTPResponse.Status = .ok, type: String? = "text/html",
        text: String = bigText
      ) -> Response {
        var fields = fields
        fields[.contentType] = type
        return Response(
          status: status, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
      }

      /// Gets a route's response and accepts gzip.
      static func get(
        _ response: Response, method: String = "GET", version: String = "1.1",
        accepting: String? = "gzip", options: TestServer.Options = .init()
      ) async throws -> WireMessage {
        var result = WireMessage(method: method)
        try await TestServer.run(options) { router, _ in
          router.on("/", method: method == "HEAD" ? .head : .get) { _, _ in response }
        } _: { server in
          result = try await server.client { client in
            let fields = accepting.map { [("Accept-Encoding", $0)] } ?? []
            let result = try client.exchange("/", method: method, version: version, fields)
            // No bytes follow the end.
            if version == "1.1" { #expect(try client.isQuiet(for: .milliseconds(20))) }
            return result
          }
        }
        #expect(result.isComplete)
        return result
      }

      @Test func `a whole body is coded with an exact length`() async throws {
        let response = try await Self.get(Self.plain())
        #expect(response["content-encoding"] == "gzip")
        #expect(response.framing == .length(response.content.count))
        #expect(response.content.count < 1000 && response.text == bigText)
        #expect(response["vary"] == "Accept-Encoding")
      }

      @Test func `a body of 1 MB in memory is coded with an exact length`() async throws {
        let text = String(repeating: bigText, count: 161)
        let response = try await Self.get(Self.plain(type: "application/json", text: text))
        #expect(response["content-encoding"] == "gzip")
        #expect(response.framing == .length(response.content.count))
        #expect(response.text == text)
      }

      /// A client must not wait until the whole body is coded.
      @Test func `a body of 10 MB in memory is coded as a stream`() async throws {
        let text = String(repeating: bigText, count: 1613)
        let response = try await Self.get(Self.plain(type: "application/json", text: text))
        #expect(response["content-encoding"] == "gzip")
        #expect(response.framing == .chunked)
        #expect(response.text == text)
      }

      @Test func `a response that is coded already passes through two of them`() async throws {
        let response = try await Self.twice { response in
          response.compressionMode = .off
          try await response.write(bigText)
        }
        #expect(response["content-encoding"] == nil && response.text == bigText)
        #expect(response["vary"] == nil)
      }

      private static func twice(
        _ handler: @escaping @Sendable (BufferedResponse) async throws -> Void
      ) async throws -> WireMessage {
        var result = WireMessage(method: "GET")
        try await TestServer.run { router, server in
          router.add(middleware: ContentCodingMiddleware(server.buffering))
          server.handle(router, "/", handler)
        } _: { server in
          result = try await server.client { try $0.gzipped("/") }
        }
        return result
      }

      @Test func `several buffers in memory are one body with an exact length`() async throws {
        let buffers = (0..<5).map { _ in ByteBuffer(string: bigText + bigText) }
        var response = Self.plain()
        response.body = ResponseBody(contentsOf: buffers)
        let result = try await Self.get(response)
        #expect(result["content-encoding"] == "gzip")
        #expect(result.framing == .length(result.content.count))
        #expect(result.text == String(repeating: bigText, count: 10))
      }

      @Test(arguments: [nil, "", "gzip;q=0", "identity;q=1, gzip;q=0.5", "gzipfoo", "unknown"])
      func `identity keeps its length and says that it varies`(accepting: String?) async throws {
        let response = try await Self.get(
          Self.plain([.eTag: #""v1""#, .acceptRanges: "bytes"]), accepting: accepting)
        #expect(response["content-encoding"] == nil)
        #expect(response.framing == .length(6200) && response.text == bigText)
        #expect(response["vary"] == "Accept-Encoding")
        #expect(response["etag"] == #""v1""# && response["accept-ranges"] == "bytes")
      }

      @Test func `a body below the minimum stays as it is`() async throws {
        let response = try await Self.get(Self.plain(text: "short"))
        #expect(response["content-encoding"] == nil)
        #expect(response.framing == .length(5) && response.text == "short")
        #expect(response["vary"] == "Accept-Encoding")
      }

      @Test func `an empty body stays empty`() async throws {
        let response = try await Self.get(Self.plain(text: ""))
        #expect(response["content-encoding"] == nil && response.framing == .length(0))
      }

      static let untouched: [(HTTPFields, HTTPResponse.Status, String?)] = [
        ([:], .ok, "image/png"), ([:], .ok, "application/grpc"), ([:], .ok, nil),
        ([.contentEncoding: "br"], .ok, "text/html"),
        ([.cacheControl: "max-age=1, No-Transform"], .ok, "text/html"),
        (
          [.contentRange: "bytes 0-6199/9000", .acceptRanges: "bytes"], .partialContent, "text/html"
        ),
      ]

      @Test(arguments: untouched)
      func `what is never coded passes untouched`(
        fields: HTTPFields, status: HTTPResponse.Status, type: String?
      ) async throws {
        let response = try await Self.get(Self.plain(fields, status: status, type: type))
        #expect(
          response.head?.lines("content-encoding") == (fields[.contentEncoding].map { [$0] } ?? []))
        #expect(response.framing == .length(6200))
        #expect(response.content == Array(bigText.utf8))
        #expect(response["vary"] == nil)
        #expect(response["accept-ranges"] == fields[.acceptRanges])
      }

      @Test func `fields are merged and weakened, others are left alone`() async throws {
        var fields: HTTPFields = [
          .eTag: #""v1""#, .vary: "Origin", .acceptRanges: "bytes", .contentLanguage: "en",
        ]
        fields.append(HTTPField(name: .setCookie, value: "a=1"))
        fields.append(HTTPField(name: .setCookie, value: "b=2"))
        let response = try await Self.get(Self.plain(fields, status: .notFound))
        #expect(response.status == 404 && response["content-encoding"] == "gzip")
        #expect(response["etag"] == #"W/"v1--gzip""#)
        #expect(response["vary"] == "Origin, Accept-Encoding")
        #expect(response["accept-ranges"] == nil)
        #expect(response.head?.lines("set-cookie") == ["a=1", "b=2"])
        #expect(response["content-language"] == "en")
      }

      @Test(arguments: [204, 205, 304])
      func `a status without content has none`(status: Int) async throws {
        for body in [ResponseBody(), ResponseBody(byteBuffer: ByteBuffer(string: bigText))] {
          var response = Self.plain([.eTag: #""v1""#], status: .init(code: status))
          response.body = body
          let result = try await Self.get(response)
          #expect(result["content-encoding"] == nil && result["transfer-encoding"] == nil)
          #expect(result.content.isEmpty)
          if status == 205 { #expect(result["content-length"] == "0") }
          if status == 204 { #expect(result["content-length"] == nil) }
          if status == 304 {
            // The fields are those of the 200 (RFC 9110 §15.4.5).
            #expect(result["etag"] == #"W/"v1--gzip""# && result["vary"] == "Accept-Encoding")
          }
        }
      }

      @Test(arguments: [true, false])
      func `HEAD has the fields of GET and no content`(isAutomatic: Bool) async throws {
        let options = TestServer.Options { $0.hasHeadEndpoints = isAutomatic }
        try await TestServer.run(options) { router, _ in
          router.get("/") { _, _ in Self.plain([.eTag: #""v1""#]) }
          router.get("/short") { _, _ in Self.plain(text: "short") }
          if !isAutomatic {
            router.head("/") { _, _ in Self.plain([.eTag: #""v1""#]) }
            router.head("/short") { _, _ in Self.plain(text: "short") }
          }
        } _: { server in
          try await server.client { client in
            let get = try client.gzipped("/")
            let head = try client.gzipped("/", method: "HEAD")
            for name in ["content-encoding", "vary", "etag"] { #expect(head[name] == get[name]) }
            // The length is GET's, or absent (RFC 9110 §8.6).
            let length = head["content-length"]
            #expect(length == nil || length == get["content-length"])
            let short = try client.gzipped("/short", method: "HEAD")
            #expect(short["content-encoding"] == nil)
            #expect(short["content-length"] == "5" && short["vary"] == "Accept-Encoding")
            #expect(try client.gzipped("/").text == bigText)
          }
        }
      }

      @Test(arguments: [true, false])
      func `HEAD of a stream claims neither length nor coding`(isAutomatic: Bool) async throws {
        let options = TestServer.Options { $0.hasHeadEndpoints = isAutomatic }
        try await TestServer.run(options) { router, _ in
          router.on("/", method: isAutomatic ? .get : .head) { _, _ in
            var response = Self.plain([.eTag: #""v1""#])
            response.body = ResponseBody { writer in
              try await writer.write(ByteBuffer(string: bigText))
              try await writer.finish(nil)
            }
            return response
          }
        } _: { server in
          let head = try await server.client { try $0.gzipped("/", method: "HEAD") }
          #expect(head["content-encoding"] == nil && head["content-length"] == nil)
          #expect(head["vary"] == "Accept-Encoding" && head["etag"] == #""v1""#)
        }
      }

      /// Hummingbird's own server, which would end a head without a length with a chunk.
      @Test func `HEAD on any server keeps its length, and claims no coding beside it`()
        async throws
      {
        let options = TestServer.Options {
          $0.hasHeadEndpoints = true
          $0.server = { _ in .http1() }
        }
        try await TestServer.run(options) { router, _ in
          router.get("/") { _, _ in Self.plain([.eTag: #""v1""#]) }
          router.get("/image") { _, _ in Self.plain(type: "image/png") }
          router.get("/stream") { _, _ in
            var response = Self.plain([.eTag: #""v1""#])
            response.body = ResponseBody { try await $0.finish(nil) }
            return response
          }
        } _: { server in
          try await server.client { client in
            let head = try client.gzipped("/", method: "HEAD")
            #expect(head["content-length"] == "6200" && head["content-encoding"] == nil)
            #expect(head["vary"] == "Accept-Encoding" && head["etag"] == #""v1""#)
            let image = try client.gzipped("/image", method: "HEAD")
            #expect(image["content-length"] == "6200" && image["vary"] == nil)
            let stream = try client.gzipped("/stream", method: "HEAD")
            #expect(stream["content-encoding"] == nil && stream["vary"] == "Accept-Encoding")
            #expect(try client.gzipped("/").text == bigText)
          }
        }
      }

      @Test func `HTTP 1.0 gets a whole body with its length, a stream without chunks`()
        async throws
      {
        let whole = try await Self.get(Self.plain(), version: "1.0")
        #expect(whole.framing == .length(whole.content.count))
        #expect(whole.text == bigText && whole["transfer-encoding"] == nil)
        var response = Self.plain()
        response.body = ResponseBody { writer in
          try await writer.write(ByteBuffer(string: String(repeating: bigText, count: 40)))
          try await writer.finish(nil)
        }
        let stream = try await Self.get(response, version: "1.0")
        #expect(stream.framing == .close && stream["content-encoding"] == nil)
        #expect(stream.text == String(repeating: bigText, count: 40))
      }

      @Test func `406 is an option`() async throws {
        let options = TestServer.Options {
          $0.settings.policy.refusesUnacceptable = true
        }
        let refusal = try await Self.get(
          Self.plain([.eTag: #""v1""#]), accepting: "identity;q=0", options: options)
        #expect(refusal.status == 406 && refusal.content.isEmpty)
        let disregarded = try await Self.get(Self.plain(), accepting: "*;q=0")
        #expect(disregarded.status == 200 && disregarded.text == bigText)
      }
    }
  }
#endif
