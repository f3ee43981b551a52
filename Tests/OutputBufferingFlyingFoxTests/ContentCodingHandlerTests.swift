#if FlyingFox
  import FlyingFox
  import FlyingSocks
  import Foundation
  import HTTPContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  import OutputBufferingFlyingFox
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Testing

  @Suite(.serialized, .timeLimit(.minutes(2))) struct ContentCodingHandlerTests {
    private static let page = String(repeating: "<p>text</p>", count: 10_000)

    /// Sends requests with and without gzip to a FlyingFox handler behind the coding handler.
    private func ask(
      _ line: String = "Accept-Encoding: gzip",
      method: String = "GET",
      version: String = "HTTP/1.1",
      isStrict: Bool = true,
      handler: @escaping @Sendable (FlyingFox.HTTPRequest) async throws -> FlyingFox.HTTPResponse,
      then check: @concurrent (AsyncClient, WireMessage) async throws -> Void
    ) async throws {
      let buffering = ResponseBuffering(settings: .gzip)
      let coding = ContentCodingHandler(buffering, handler: ClosureHTTPHandler(handler))
      try await TestServer.run(buffering) { server in
        let client = try AsyncClient(port: server.port)
        try await client { $0.isStrict = isStrict }
        try await client.send("\(method) / \(version)\r\nHost: test\r\n\(line)\r\n\r\n")
        let message = try await client.readResponse(to: method)
        try await check(client, message)
        #expect(try await server.waitUntilIdle())
      } handler: { request in
        if request.path == "/next" {
          return FlyingFox.HTTPResponse(statusCode: .ok, body: Data("next".utf8))
        }
        return try await coding.handleRequest(request)
      }
    }

    /// Streams texts to a client, the first one before the gate opens.
    private func stream(
      _ texts: [String], type: String = "text/html", latencyBound: Duration = .milliseconds(10),
      fails: Bool = false, check: @concurrent (AsyncClient, Gate) async throws -> Void
    ) async throws {
      let gate = Gate()
      let buffering = ResponseBuffering(settings: .gzip)
      let handler = ContentCodingHandler(
        buffering, latencyBound: latencyBound,
        handler: ClosureHTTPHandler { _ in
          FlyingFox.HTTPResponse(
            statusCode: .ok, headers: [.contentType: type],
            body: HTTPBodySequence(from: Texts(texts, gate: gate, fails: fails)))
        })
      try await TestServer.run(buffering) { server in
        let client = try AsyncClient(port: server.port)
        try await client.get("/", "Accept-Encoding: gzip")
        try await check(client, gate)
        #expect(try await server.waitUntilIdle())
      } handler: {
        try await handler.handleRequest($0)
      }
    }

    private static func html(_ body: HTTPBodySequence) -> FlyingFox.HTTPResponse {
      FlyingFox.HTTPResponse(
        statusCode: .ok, headers: [.contentType: "text/html", .eTag: "\"1\""], body: body)
    }

    @Test func `a body in memory is coded with its exact length`() async throws {
      try await ask { _ in
        Self.html(HTTPBodySequence(data: Data(Self.page.utf8)))
      } then: { (_, message) async throws in
        #expect(message["content-encoding"] == "gzip")
        #expect(message["etag"] == "W/\"1--gzip\"")
        #expect(message["content-length"] == "\(message.content.count)")
        #expect(message.text == Self.page)
      }
    }

    @Test func `a body that isn't coded passes untouched`() async throws {
      try await ask("X: y") { _ in
        Self.html(HTTPBodySequence(data: Data(Self.page.utf8)))
      } then: { (_, message) async throws in
        #expect(message["content-encoding"] == nil)
        #expect(message["vary"] == "Accept-Encoding")
        #expect(message["etag"] == "\"1\"")
        #expect(message.text == Self.page)
      }
    }

    @Test func `a stream is coded as it comes`() async throws {
      try await stream(["one", "two"]) { (client, gate) async throws in
        let message = try await client.readHead()
        #expect(message["content-encoding"] == "gzip")
        #expect(message["transfer-encoding"] == "chunked")
        gate.open()
        try await client.read(message)
        #expect(message.isComplete)
        #expect(message.text == "onetwo")
      }
    }

    @Test func `an event reaches the client when it is written`() async throws {
      try await stream(
        ["data: 1\n\n", "data: 2\n\n"], type: "text/event-stream", latencyBound: .seconds(60)
      ) { (client, gate) async throws in
        let message = try await client.readResponse { !$0.plain.isEmpty }
        #expect(message.text == "data: 1\n\n")
        gate.open()
        try await client.read(message) { $0.plain.count > 9 }
        #expect(message.text == "data: 1\n\ndata: 2\n\n")
      }
    }

    @Test func `a body that fails is broken off`() async throws {
      try await stream(["one"], fails: true) { (client, gate) async throws in
        let message = try await client.readHead()
        gate.open()
        try await client.read(message)
        #expect(!message.isComplete)
        #expect(try await client.waitForEnd())
      }
    }

    @Test(arguments: ["X: y", "Accept-Encoding: gzip"])
    func `HEAD that is answered as GET has its length and no content`(line: String) async throws {
      try await ask(line, method: "HEAD") { _ in
        Self.html(HTTPBodySequence(data: Data(Self.page.utf8)))
      } then: { (client, message) async throws in
        let length = message["content-length"].flatMap { Int($0) } ?? 0
        #expect(line.hasPrefix("X") ? length == Self.page.utf8.count : (1..<5000).contains(length))
        try await client.get("/next")
        #expect(try await client.readResponse().text == "next")
      }
    }

    @Test func `HEAD of a stream claims neither length nor coding`() async throws {
      try await ask(method: "HEAD") { _ in
        Self.html(HTTPBodySequence(from: Texts(["one"])))
      } then: { (_, message) async throws in
        #expect(message["content-encoding"] == nil && message["content-length"] == nil)
        #expect(message["vary"] == "Accept-Encoding" && message["etag"] == "\"1\"")
      }
    }

    @Test func `a client of HTTP 1.0 gets no chunks`() async throws {
      try await ask("X: y", version: "HTTP/1.0") { _ in
        Self.html(HTTPBodySequence(from: Texts(["one", "two"])))
      } then: { (client, message) async throws in
        #expect(message["content-length"] == "6")
        #expect(message.text == "onetwo")
        #expect(try await client.waitForEnd())
      }
    }

    @Test(arguments: [204, 304])
    func `a status without content loses the body it was given`(status: Int) async throws {
      // FlyingFox sends `Content-Length: 0` with 204.
      try await ask(isStrict: false) { _ in
        FlyingFox.HTTPResponse(
          statusCode: HTTPStatusCode(status, phrase: "None"),
          body: HTTPBodySequence(from: Texts(["one"])))
      } then: { (client, message) async throws in
        #expect(message.status == status)
        #expect(message["transfer-encoding"] == nil)
        try await client.get("/next")
        #expect(try await client.readResponse().text == "next")
      }
    }

    @Test func `a connection is closed where the response says so`() async throws {
      try await ask("X: y") { _ in
        FlyingFox.HTTPResponse(
          statusCode: .ok, headers: [.connection: "close"], body: Data(Self.page.utf8))
      } then: { (client, message) async throws in
        #expect(message.text == Self.page)
        #expect(try await client.waitForEnd())
      }
    }

    @Test func `a response of a handler is coded once`() async throws {
      let buffering = ResponseBuffering(settings: .gzip)
      try await ask { request in
        try await buffering.response(to: request) { response in
          try response.updateHead { $0.headerFields[.contentType] = "text/html" }
          try await response.write(Self.page)
        }
      } then: { (_, message) async throws in
        #expect(message.text == Self.page)
      }
    }

    @Test func `a response of a handler is left alone by two of them`() async throws {
      let buffering = ResponseBuffering(settings: .gzip)
      let inner = ContentCodingHandler(
        buffering,
        handler: ClosureHTTPHandler { request in
          try await buffering.response(to: request) { response in
            try response.updateHead { $0.headerFields[.contentType] = "text/html" }
            response.compressionMode = .off
            try await response.write(Self.page)
          }
        })
      try await ask {
        try await inner.handleRequest($0)
      } then: { (_, message) async throws in
        #expect(message["content-encoding"] == nil)
        #expect(message.text == Self.page)
      }
    }

    @Test(arguments: ["X: y", "Accept-Encoding: gzip", "Connection: close"], [-1, 1])
    func `a body of another length than it says breaks off`(
      line: String, surplus: Int
    ) async throws {
      let count = Self.page.utf8.count
      let texts = [Self.page, String(repeating: "b", count: 10 + surplus)]
      try await ask(line) { _ in
        Self.html(HTTPBodySequence(from: Texts(texts), count: count + 10))
      } then: { (client, message) async throws in
        // A collected response has sent nothing.
        #expect(!message.isComplete || message.status == 500)
        #expect(message.content.count < count + 10)
      }
    }

    @Test(arguments: [-1, 1])
    func `a coded stream of another length than its head declares breaks off`(
      surplus: Int
    ) async throws {
      let count = Self.page.utf8.count + 10
      let texts = [Self.page, String(repeating: "b", count: 10 + surplus)]
      try await ask { _ in
        var response = Self.html(HTTPBodySequence(from: Texts(texts)))
        response.headers[.contentLength] = String(count)
        return response
      } then: { (client, message) async throws in
        #expect(!message.isComplete || message.status == 500)
        #expect(message["content-length"] != String(count))
      }
    }

    @Test func `a body of known length that doesn't come isn't waited for`() async throws {
      let gate = Gate()
      let coding = ContentCodingHandler(
        ResponseBuffering(settings: .gzip),
        handler: ClosureHTTPHandler { _ in
          Self.html(
            HTTPBodySequence(
              from: Texts([Self.page, "two"], gate: gate),
              count: Self.page.utf8.count + 3))
        })
      try await TestServer.run(ResponseBuffering(codings: [])) { server in
        let client = try AsyncClient(port: server.port)
        try await client.get("/", "Accept-Encoding: gzip")
        let message = try await client.readResponse { $0.plain.count >= Self.page.utf8.count }
        #expect(message.text == Self.page)
        gate.open()
      } handler: {
        try await coding.handleRequest($0)
      }
    }

    @Test func `a client comes back to a directory with the tag of a coded file`() async throws {
      let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      try Data(Self.page.utf8).write(to: folder.appending(path: "page.html"))
      let coding = ContentCodingHandler(
        ResponseBuffering(settings: .gzip), handler: DirectoryHTTPHandler(root: folder))
      try await TestServer.run(ResponseBuffering(codings: [])) { server in
        let client = try AsyncClient(port: server.port)
        try await client.get("/page.html", "Accept-Encoding: gzip")
        let first = try await client.readResponse()
        #expect(first["content-encoding"] == "gzip")
        let tag = try #require(first["etag"])
        #expect(tag.hasPrefix("W/") && tag.hasSuffix("--gzip\""))
        try await client.get("/page.html", "Accept-Encoding: gzip", "If-None-Match: \(tag)")
        let second = try await client.readResponse()
        #expect(second.status == 304 && second["etag"] == tag)
        #expect(second["vary"] == "Accept-Encoding")
      } handler: {
        try await coding.handleRequest($0)
      }
    }

    @Test(arguments: ["Accept-Encoding: gzip", "X: y"])
    func `a range with If-Range is answered by the whole where it may be coded`(line: String)
      async throws
    {
      let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
      try Data(Self.page.utf8).write(to: file)
      defer { try? FileManager.default.removeItem(at: file) }
      let handler = FileHTTPHandler(path: file, contentType: "text/html")
      for (ifRange, isPart) in [("\"v1\"", line == "X: y"), ("W/\"v1--gzip\"", false)] {
        try await ask("\(line)\r\nRange: bytes=0-9\r\nIf-Range: \(ifRange)") {
          try await handler.handleRequest($0)
        } then: { (_, message) async throws in
          #expect(message.status == (isPart ? 206 : 200))
        }
      }
    }

    @Test func `web sockets are left alone`() async throws {
      let handler = ContentCodingHandler(
        ResponseBuffering(settings: .gzip),
        handler: ClosureHTTPHandler { _ in
          FlyingFox.HTTPResponse(headers: [.contentType: "text/html"], webSocket: NoFrames())
        })
      let response = try await handler.handleRequest(
        FlyingFox.HTTPRequest(
          method: .GET, version: .http11, path: "/", query: [],
          headers: [HTTPHeader("Accept-Encoding"): "gzip"], body: Data()))
      guard case .webSocket = response.payload else {
        Issue.record("the payload was replaced")
        return
      }
      #expect(response.headers == [.contentType: "text/html"])
    }
  }

  private struct NoFrames: WSHandler {
    func makeFrames(
      for client: AsyncThrowingStream<WSFrame, any Error>
    ) async throws -> AsyncStream<WSFrame> {
      AsyncStream { $0.finish() }
    }
  }

  /// A sequence of texts; those after the first wait at a gate.
  private struct Texts: AsyncBufferedSequence, AsyncBufferedIteratorProtocol {
    typealias Element = UInt8
    struct Failure: Error {}

    var texts: ArraySlice<String>
    let gate: Gate?
    let fails: Bool

    init(_ texts: [String], gate: Gate? = nil, fails: Bool = false) {
      (self.texts, self.gate, self.fails) = (texts[...], gate, fails)
    }

    func makeAsyncIterator() -> Self { self }

    mutating func next() async throws -> UInt8? { nil }

    mutating func nextBuffer(suggested count: Int) async throws -> [UInt8]? {
      if texts.startIndex > 0 { await gate?.wait() }
      if let text = texts.popFirst() { return Array(text.utf8) }
      if fails { throw Failure() }
      return nil
    }
  }
#endif
