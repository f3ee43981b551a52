#if NIO
  import GzipContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  import NIOCore
  import NIOEmbedded
  import NIOHTTP1
  import NIOHTTPTypes
  import NIOPosix
  import OutputBufferingNIO
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Testing

  /// Responses to HEAD without a declared length, which must not claim anything unknown (RFC 9110
  /// §9.3.2).
  @Suite(.timeLimit(.minutes(1))) struct HTTPResponseCodingHandlerHEADTests {
    static let page = HTTPResponseCodingHandlerTests.page

    private func pipeline(method: String, acceptEncoding: String = "gzip") throws -> Pipeline {
      let pipeline = try Pipeline()
      try pipeline.request("\(method) / HTTP/1.1\r\nAccept-Encoding: \(acceptEncoding)\r\n\r\n")
      return pipeline
    }

    private func respond(
      to method: String, acceptEncoding: String = "gzip", body: [String], flushesHead: Bool = false
    ) throws -> WireResponse {
      let pipeline = try pipeline(method: method, acceptEncoding: acceptEncoding)
      var head = HTTPResponseHead.html(length: nil)
      head.headers.add(name: "ETag", value: "\"v1\"")
      pipeline.write(.head(head))
      if flushesHead { pipeline.channel.flush() }
      for text in body { pipeline.write(text: text) }
      pipeline.write(.end(nil))
      pipeline.channel.flush()
      return try pipeline.response()
    }

    @Test(arguments: ["gzip", "identity"], [false, true])
    func `Without content neither coding nor length is claimed`(
      acceptEncoding: String, flushesHead: Bool
    ) throws {
      let response = try respond(
        to: "HEAD", acceptEncoding: acceptEncoding, body: [], flushesHead: flushesHead)
      #expect(response.fields["content-encoding"] == nil)
      #expect(response.fields["content-length"] == nil)
      #expect(response.fields["vary"] == "Accept-Encoding")
      #expect(response.fields["etag"] == "\"v1\"")
      #expect(response.body.isEmpty)
    }

    @Test(arguments: [["tiny"], [page], [page, page]])
    func `Content that is written all the same describes what GET would have`(body: [String]) throws
    {
      let head = try respond(to: "HEAD", body: body)
      let get = try respond(to: "GET", body: body)
      #expect(head.fields == get.fields)
      #expect(head.body.isEmpty && !get.body.isEmpty)
      #expect((head.fields["content-encoding"] == nil) == (body == ["tiny"]))
    }

    @Test func `The next response is in step, and every promise kept`() throws {
      let pipeline = try pipeline(method: "HEAD")
      let parts: [HTTPServerResponsePart] = [
        .head(.html(length: nil)), .body(.byteBuffer(ByteBuffer(string: Self.page))), .end(nil),
      ]
      let written = parts.map(pipeline.watchedWrite)
      pipeline.channel.flush()
      for part in written { #expect(part.isKept) }
      #expect(try pipeline.sent().hasSuffix("\r\n\r\n"))
      try pipeline.request("GET / HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\n")
      try pipeline.respond(page: Self.page)
      #expect(try InflateDecoder.text(try pipeline.response().body) == Self.page)
    }

    @Test func `A long file isn't read to be thrown away`() throws {
      let file = try TestFile(Array(repeating: 0x61, count: 1_000_000))
      defer { file.remove() }
      let handle = try file.open()
      let region = try FileRegion(fileHandle: handle)
      // Reading it would fail.
      try handle.close()
      for flushesHead in [false, true] {
        let pipeline = try pipeline(method: "HEAD")
        pipeline.write(.head(.html(length: nil)))
        if flushesHead { pipeline.channel.flush() }
        let body = pipeline.watchedWrite(.body(.fileRegion(region)))
        pipeline.write(.end(nil))
        pipeline.channel.flush()
        #expect(body.isKept && pipeline.channel.isActive)
        let fields = try pipeline.response().fields
        #expect(fields["content-encoding"] == (flushesHead ? nil : "gzip"))
      }
    }

    @Test func `The parts of HTTP types are answered alike`() throws {
      for body in ["", Self.page] {
        let channel = EmbeddedChannel()
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        try channel.pipeline.syncOperations.addHandler(
          HTTPTypesResponseCodingHandler(
            version: .http2, codings: [.gzip()]))
        channel.connect(to: try SocketAddress(unixDomainSocketPath: "/"), promise: nil)
        let request = HTTPRequest(
          method: .head, scheme: "https", authority: "a", path: "/",
          headerFields: [.acceptEncoding: "gzip"])
        try channel.writeInbound(HTTPRequestPart.head(request))
        channel.write(HTTPResponsePart.head(.html()), promise: nil)
        if !body.isEmpty {
          channel.write(HTTPResponsePart.body(ByteBuffer(string: body)), promise: nil)
        }
        try channel.writeOutbound(HTTPResponsePart.end(nil))
        guard case .head(let head)? = try channel.readOutbound(as: HTTPResponsePart.self) else {
          Issue.record("no head")
          return
        }
        #expect(head.headerFields[.contentEncoding] == (body.isEmpty ? nil : "gzip"))
        #expect(head.headerFields.contains(.contentLength) == !body.isEmpty)
        #expect(head.headerFields[.vary] == "Accept-Encoding")
        #expect(try channel.readOutbound(as: HTTPResponsePart.self) == .end(nil))
      }
    }
  }
#endif
