#if FlyingFox
  import FlyingFox
  import FlyingSocks
  import Foundation
  import GzipContentCoding
  import HTTPContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  import OutputBufferingFlyingFox
  import OutputBufferingTesting
  import Testing

  /// Input from a client or a route at which HTTPTypes or FlyingFox would end the process.
  @Suite(.timeLimit(.minutes(2))) struct TrapTests {
    private static let page = String(repeating: "<p>text</p>", count: 600)

    private static let manyHeaders: HTTPHeaders = {
      var headers: HTTPHeaders = [HTTPHeader("Accept-Encoding"): "gzip", .connection: "close"]
      for number in 0..<70_000 { headers.addValue("y", for: HTTPHeader("X\(number)")) }
      return headers
    }()

    private static func request(_ headers: HTTPHeaders = [:]) -> FlyingFox.HTTPRequest {
      var headers = headers
      headers[HTTPHeader("Accept-Encoding")] = "gzip"
      return FlyingFox.HTTPRequest(
        method: .GET, version: .http11, path: "/", query: [], headers: headers,
        body: HTTPBodySequence())
    }

    private static func answer(
      _ response: FlyingFox.HTTPResponse, to request: FlyingFox.HTTPRequest = request()
    ) async throws -> FlyingFox.HTTPResponse {
      let buffering = ResponseBuffering(settings: .gzip)
      return try await ContentCodingHandler(
        buffering, latencyBound: .seconds(Int64.max), handler: ClosureHTTPHandler { _ in response }
      ).handleRequest(request)
    }

    private static func html(
      status: FlyingFox.HTTPStatusCode = .ok, _ headers: HTTPHeaders = [:]
    ) -> FlyingFox.HTTPResponse {
      var headers = headers
      headers[.contentType] = "text/html"
      return FlyingFox.HTTPResponse(
        statusCode: status, headers: headers, body: Data(page.utf8))
    }

    @Test func `a request with 70,000 fields is coded as any other`() async throws {
      let start = ContinuousClock.now
      let response = try await Self.answer(Self.html(), to: Self.request(Self.manyHeaders))
      #expect(response.headers[.contentEncoding] == "gzip")
      #expect(response.headers[.connection] == "close")
      // Not in quadratic time, which would take minutes.
      #expect(ContinuousClock.now - start < .seconds(30))
    }

    @Test func `another handler can collect the response to a connection's last request`()
      async throws
    {
      let headers: HTTPHeaders = [HTTPHeader("Accept-Encoding"): "gzip", .connection: "close"]
      for type in ["text/html", "image/png"] {
        let response = try await Self.answer(
          FlyingFox.HTTPResponse(
            statusCode: .ok, headers: [.contentType: type], body: Data(Self.page.utf8)),
          to: Self.request(headers))
        #expect(response.headers[.connection] == "close")
        let body = try await response.bodyData
        #expect(response.headers[.contentLength] == "\(body.count)")
      }
      let buffering = ResponseBuffering(settings: .gzip)
      let response = try await buffering.response(to: Self.request(headers)) { response in
        try await response.write(Self.page)
      }
      #expect(try await response.bodyData == Data(Self.page.utf8))
    }

    @Test func `a client of HTTP 1.0 gets a body of known length that is longer than may be held`()
      async throws
    {
      let buffering = ResponseBuffering(
        settings: ResponseSettings(
          codings: [.gzip()], maximumBufferedBytes: 1000, maximumWholeBytes: 1000,
          maximumUnsentBytes: 1000))
      let handler = ContentCodingHandler(
        buffering, handler: ClosureHTTPHandler { _ in Self.html() })
      let response = try await handler.handleRequest(
        FlyingFox.HTTPRequest(
          method: .GET, version: HTTPVersion("HTTP/1.0"), path: "/", query: [],
          headers: [HTTPHeader("Accept-Encoding"): "gzip"], body: HTTPBodySequence()))
      #expect(response.headers[.contentEncoding] == nil)
      #expect(response.headers[.contentLength] == "\(Self.page.utf8.count)")
      #expect(try await response.bodyData == Data(Self.page.utf8))
    }

    @Test func `a request with 70,000 fields is answered by a handler that finishes early`()
      async throws
    {
      let buffering = ResponseBuffering(settings: .gzip)
      let response = try await buffering.response(to: Self.request(Self.manyHeaders)) {
        response in
        try response.updateHead { $0.headerFields[.contentType] = "text/html" }
        try await response.write(Self.page)
      }
      #expect(response.headers[.contentEncoding] == "gzip")
      #expect(response.headers[.connection] == "close")
    }

    @Test func `a name that 70,000 lines have is read whole`() async throws {
      var headers: HTTPHeaders = [:]
      for name in ["Accept-Encoding", "Connection"] {
        headers.setValues(Array(repeating: "x", count: 70_000) + ["close"], for: HTTPHeader(name))
      }
      let response = try await Self.answer(Self.html(), to: Self.request(headers))
      #expect(response.headers[.connection] == "close")
    }

    @Test func `a response with 70,000 fields passes as it is`() async throws {
      let response = try await Self.answer(Self.html(Self.manyHeaders))
      #expect(response.headers[.contentEncoding] == nil)
      #expect(response.headers.keys.count == Self.manyHeaders.keys.count + 1)
      #expect(try await response.bodyData == Data(Self.page.utf8))
    }

    @Test func `a response with 70,000 values of one name passes as it is`() async throws {
      var headers: HTTPHeaders = [:]
      headers.setValues(Array(repeating: "a=b", count: 70_000), for: .setCookie)
      let response = try await Self.answer(Self.html(headers))
      #expect(response.headers.values(for: .setCookie).count == 70_000)
    }

    @Test(arguments: [99, 1000, 0, -1, Int.max, Int.min])
    func `a status that is none passes as it is`(code: Int) async throws {
      let status = FlyingFox.HTTPStatusCode(code, phrase: "Odd\r\nx: y")
      let response = try await Self.answer(Self.html(status: status))
      #expect(response.statusCode.code == code)
      #expect(response.headers[.contentEncoding] == nil)
    }

    @Test(arguments: [999, 600])
    func `a status of three digits is coded`(code: Int) async throws {
      let response = try await Self.answer(
        Self.html(status: FlyingFox.HTTPStatusCode(code, phrase: "\u{0}\r\nOdd ü")))
      #expect(response.statusCode.code == code)
      #expect(response.headers[.contentEncoding] == "gzip")
    }

    @Test(arguments: ["", " ", ":", ":status", "a:b", "a b", "a\r\nb", "a\0", "ü", "(a)"])
    func `a name that isn't one is left alone`(name: String) async throws {
      let response = try await Self.answer(Self.html([HTTPHeader(name): "x"]))
      #expect(response.headers[.contentEncoding] == "gzip")
      #expect(response.headers[HTTPHeader(name)] == "x")
    }

    @Test(arguments: ["a\r\nb: c", "a\nb: c", "a\0b", "\r\n\r\n", "\u{7F}\u{1}", "ü€"])
    func `a value keeps to its line`(value: String) async throws {
      let response = try await Self.answer(
        Self.html([HTTPHeader("X"): value, .eTag: value, HTTPHeader("Vary"): value]))
      for (_, value) in response.headers {
        #expect(!value.utf8.contains { [0, 10, 13].contains($0) })
      }
    }

    @Test(arguments: [-1, 0, Int.min, Int.max])
    func `a body of any count is sent or fails`(count: Int) async throws {
      for type in ["text/html", "image/png"] {
        let body = HTTPBodySequence(from: AsyncBytes(Array(Self.page.utf8)), count: count)
        let response = try? await Self.answer(
          FlyingFox.HTTPResponse(statusCode: .ok, headers: [.contentType: type], body: body))
        _ = try? await response?.bodyData
      }
    }

    /// FlyingFox adds to the first position, whatever its size.
    @Test(arguments: [
      "bytes=9223372036854775807-", "bytes=99999999999999999999999-",
      "bytes= 9223372036854775800 -",
      "bytes=1-9223372036854775807", "bytes=-9223372036854775807",
    ])
    func `a range that FlyingFox can't compute with is ignored (RFC 9110 §14.2)`(range: String)
      async throws
    {
      let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).html")
      try Data(Self.page.utf8).write(to: file)
      defer { try? FileManager.default.removeItem(at: file) }
      let handler = ContentCodingHandler(
        ResponseBuffering(settings: .gzip),
        handler: FileHTTPHandler(path: file, contentType: "text/html"))
      let whole = try await handler.handleRequest(Self.request([.range: range]))
      #expect(whole.statusCode == .ok)
      #expect(whole.headers[.contentEncoding] == "gzip")
      let part = try await handler.handleRequest(Self.request([.range: "bytes=10-19"]))
      #expect(part.statusCode == .partialContent)
      #expect(try await part.bodyData == Data(Self.page.utf8.dropFirst(10).prefix(10)))
    }
  }

  /// Bytes in the form that FlyingFox requests.
  private struct AsyncBytes: AsyncBufferedSequence {
    typealias Element = UInt8

    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func makeAsyncIterator() -> Iterator { Iterator(rest: bytes[...]) }

    struct Iterator: AsyncBufferedIteratorProtocol {
      var rest: ArraySlice<UInt8>

      mutating func next() async throws -> UInt8? { rest.popFirst() }

      mutating func nextBuffer(suggested count: Int) async throws -> ArraySlice<UInt8>? {
        guard !rest.isEmpty else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
      }
    }
  }
#endif
