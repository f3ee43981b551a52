#if NIO
  import GzipContentCoding
  import HTTPContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  import NIOCore
  import NIOEmbedded
  import NIOHTTP1
  import NIOHTTPTypes
  import NIOHTTPTypesHTTP1
  import OutputBufferingNIO
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Testing

  /// Writes of an application or a client at which NIO or HTTPTypes would end the process.
  @Suite struct HTTPResponseCodingHandlerTrapTests {
    static let page = HTTPResponseCodingHandlerTests.page

    private static func numbered(_ count: Int) -> HTTPHeaders {
      HTTPHeaders((0..<count).map { ("x\($0)", "y") })
    }

    private func asked(_ line: String = "Accept-Encoding: gzip", method: String = "GET") throws
      -> Pipeline
    {
      let pipeline = try Pipeline()
      try pipeline.request("\(method) / HTTP/1.1\r\n\(line)\r\n\r\n")
      return pipeline
    }

    /// Checks that the connection serves one more request.
    private func expectNext(_ pipeline: Pipeline) throws {
      _ = try pipeline.sentBytes()
      try pipeline.request("GET / HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\n")
      try pipeline.respond(page: Self.page)
      #expect(try InflateDecoder.text(pipeline.response().body) == Self.page)
    }

    @Test func `A response with 70,000 fields passes as it is`() throws {
      let pipeline = try asked()
      try pipeline.respond(page: Self.page, fields: Self.numbered(70_000))
      let response = try pipeline.response()
      #expect(response.fields.count >= 70_000 && response.fields["content-encoding"] == nil)
      #expect(response.body == Array(Self.page.utf8))
      try expectNext(pipeline)
    }

    @Test func `A response with 60,000 fields is coded, in a time that grows with their number`()
      throws
    {
      let pipeline = try asked()
      let start = ContinuousClock.now
      try pipeline.respond(page: Self.page, fields: Self.numbered(60_000))
      #expect(ContinuousClock.now - start < .seconds(60))
      let response = try pipeline.response()
      #expect(response.fields.count >= 60_000 && response.fields["content-encoding"] == "gzip")
      try expectNext(pipeline)
    }

    @Test func `Trailers without number pass where nothing reads them`() throws {
      let pipeline = try asked("Accept-Encoding: identity")
      pipeline.write(.head(.html(length: nil)))
      pipeline.write(text: Self.page)
      pipeline.channel.flush()
      pipeline.write(.end(Self.numbered(70_000)))
      pipeline.channel.flush()
      #expect(try pipeline.sent().hasSuffix("x69999: y\r\n\r\n"))
      try expectNext(pipeline)
    }

    @Test(arguments: ["gzip", "identity"])
    func `Trailers that can't be read break the message off`(acceptEncoding: String) throws {
      let pipeline = try asked("Accept-Encoding: \(acceptEncoding)")
      pipeline.write(.head(.html(length: nil)))
      pipeline.write(text: Self.page)
      let end = pipeline.watchedWrite(.end(Self.numbered(70_000)))
      #expect((end.error as? ResponseError)?.code == .tooManyFields)
      #expect(!pipeline.channel.isActive)
    }

    @Test(arguments: [0, 1, 99, 1000, 65_535, UInt.max], ["GET", "HEAD"])
    func `A status that is none passes as it is`(code: UInt, method: String) throws {
      let pipeline = try asked(method: method)
      try pipeline.respond(
        page: Self.page, status: .custom(code: code, reasonPhrase: "Odd"))
      let sent = try pipeline.sent()
      #expect(sent.hasPrefix("HTTP/1.1 \(code) Odd\r\n"))
      #expect(sent.hasSuffix(method == "HEAD" ? "\r\n\r\n" : Self.page))
      try expectNext(pipeline)
    }

    /// NIO's error handler ends the process for each of them.
    @Test(
      arguments: [
        [.body(.byteBuffer(ByteBuffer(string: "behind")))], [.end(nil)], [.end(["x": "y"])],
        [.body(.byteBuffer(ByteBuffer())), .end(nil), .end(nil)],
      ] as [[HTTPServerResponsePart]])
    func `What is written after the end fails, and the connection goes on`(
      parts: [HTTPServerResponsePart]
    ) throws {
      for acceptEncoding in ["gzip", "identity"] {
        let pipeline = try asked("Accept-Encoding: \(acceptEncoding)")
        try pipeline.respond(page: Self.page)
        _ = try pipeline.sentBytes()
        for part in parts {
          let write = pipeline.watchedWrite(part)
          pipeline.channel.flush()
          #expect((write.error as? ResponseError)?.code == .ended)
        }
        #expect(try pipeline.sentBytes().isEmpty)
        try expectNext(pipeline)
      }
    }

    @Test(arguments: [99, 200])
    func `A second head breaks the connection off`(code: UInt) throws {
      let pipeline = try asked()
      var head = HTTPResponseHead.html(length: nil)
      head.status = .custom(code: 1000, reasonPhrase: "Odd")
      pipeline.write(.head(head))
      head.status = .custom(code: code, reasonPhrase: "")
      let second = pipeline.watchedWrite(.head(head))
      #expect((second.error as? ResponseError)?.code == .ended)
      #expect(!pipeline.channel.isActive)
    }

    /// NIO accepts 256 fields and 80 KiB for each, so the limit of HTTPTypes isn't reached.
    @Test(arguments: ["lines", "cookies", "trailers", "name", "value"])
    func `NIO's decoder refuses a request before HTTPTypes ends the process at it`(what: String)
      throws
    {
      let pipeline = try Pipeline { pipeline in
        try pipeline.configureHTTPServerPipeline()
        try pipeline.addHandler(HTTPRequestConverter())
      }
      let line = "Accept-Encoding: gzip\r\n"
      let head =
        switch what {
        case "lines": String(repeating: line, count: 70_000)
        case "cookies":
          String(repeating: "Cookie: \(String(repeating: "; ", count: 20))\r\n", count: 4000)
        case "trailers":
          "Transfer-Encoding: chunked\r\n\r\n0\r\n\(String(repeating: line, count: 70_000))"
        case "name": "\(String(repeating: "x", count: 1_000_000)): y\r\n"
        default: "X: \(String(repeating: "x", count: 1_000_000))\r\n"
        }
      #expect(throws: HTTPParserError.self) {
        try pipeline.request("POST / HTTP/1.1\r\n\(head)\r\n")
      }
      #expect(try pipeline.sent().hasPrefix("HTTP/1.1 400 "))
    }

    @Test func `Bytes are cut into buffers that NIO can hold`() {
      let bytes = ContiguousArray((0..<100).map { UInt8($0) })
      for byteCount in [1, 33, 99, 100, 101, .max] {
        var buffers: [ByteBuffer] = []
        bytes.forEachBuffer(upTo: byteCount) { buffers.append($0) }
        #expect(buffers.flatMap { Array($0.readableBytesView) } == Array(bytes))
        #expect(buffers.allSatisfy { (1...byteCount).contains($0.readableBytes) })
      }
      ContiguousArray<UInt8>().forEachBuffer { _ in Issue.record("no bytes, no buffer") }
      #expect(ContiguousArray<UInt8>.maximumBufferByteCount < Int(UInt32.max) / 2)
    }
  }

  /// Translates requests to HTTP types, as NIO's own codec does.
  private final class HTTPRequestConverter: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head(let head): _ = HTTPFields(head.headers, splitCookie: true)
      case .end(let trailers?): _ = HTTPFields(trailers, splitCookie: true)
      case .body, .end: break
      }
      context.fireChannelRead(data)
    }
  }
#endif
