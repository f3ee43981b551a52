#if NIO
  import HTTPOutputBuffering
  import HTTPTypes
  import NIOCore
  import NIOEmbedded
  import NIOHTTP1
  @testable import OutputBufferingNIO
  import Testing

  /// Parts in an invalid order, and heads that other handlers change.
  @Suite struct HTTPResponseCodingHandlerOrderTests {
    @Test(
      arguments: [.continue, .processing, HTTPResponseStatus.custom(code: 103, reasonPhrase: "")],
      [(false, 0), (true, 0), (false, 1), (true, 2)])
    func `What follows an interim head without a final one breaks the response off`(
      status: HTTPResponseStatus, case: (isContent: Bool, earlierCount: Int)
    ) throws {
      let (isContent, earlierCount) = `case`
      let pipeline = try Pipeline()
      for _ in 0..<earlierCount {
        try pipeline.request("GET / HTTP/1.1\r\n\r\n")
        try pipeline.respond(page: HTTPResponseCodingHandlerTests.page)
        _ = try pipeline.response()
      }
      try pipeline.request("GET / HTTP/1.1\r\n\r\n")
      pipeline.write(.head(HTTPResponseHead(version: .http1_1, status: status)))
      let written = pipeline.watchedWrite(
        isContent ? .body(.byteBuffer(ByteBuffer(string: "content"))) : .end(nil))
      pipeline.channel.flush()
      pipeline.channel.embeddedEventLoop.run()
      #expect(!written.isKept && !pipeline.channel.isActive)
      #expect(!(try pipeline.sent()).contains("content"))
    }

    /// As with a compressor that was left in the pipeline.
    @Test func `A handler below may give a response another length`() throws {
      let pipeline = try Pipeline { pipeline in
        try pipeline.configureHTTPServerPipeline()
        try pipeline.addHandler(ContentReplacer())
      }
      for _ in 0..<2 {
        try pipeline.request("GET / HTTP/1.1\r\n\r\n")
        try pipeline.respond(page: HTTPResponseCodingHandlerTests.page)
        let response = try pipeline.response()
        #expect(response.fields["content-length"] == "3" && response.body == Array("abc".utf8))
        #expect(pipeline.channel.isActive)
      }
    }

    @Test func `Spaces around a value are no part of it`() throws {
      let pipeline = try Pipeline()
      try pipeline.request("GET / HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\n")
      try pipeline.respond(
        page: HTTPResponseCodingHandlerTests.page, fields: ["ETag": " \"v1\"\t"])
      let response = try pipeline.response()
      #expect(response.fields["content-encoding"] == "gzip")
      #expect(response.fields["etag"] == "W/\"v1--gzip\"")
    }

    /// The next request may be served as soon as the end of a response is about to be written.
    @Test func `Whether a connection closes after a response doesn't depend on the next request`()
      async throws
    {
      let channel = {
        let channel = EmbeddedChannel()
        // Only the channel's identity is used.
        _ = try? channel.finish()
        return channel
      }()
      let connection = HTTPServerConnection(channel: channel)
      func receive(_ number: Int, isKeepAlive: Bool) {
        connection.received(
          .init(number: number, method: .get, version: .http1_1, isKeepAlive: isKeepAlive))
      }
      receive(0, isKeepAlive: true)
      #expect(await connection.requestStarted())
      receive(1, isKeepAlive: false)
      let isLast = connection.ending(0)
      #expect(await connection.requestStarted())
      #expect(!isLast && connection.ending(1))
    }
  }

  /// Sends other content, with its length.
  private final class ContentReplacer: ChannelOutboundHandler {
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
      switch unwrapOutboundIn(data) {
      case .head(var head):
        head.headers.replaceOrAdd(name: "content-length", value: "3")
        context.write(wrapOutboundOut(.head(head)), promise: promise)
      case .body:
        let content = ByteBuffer(string: "abc")
        context.write(wrapOutboundOut(.body(.byteBuffer(content))), promise: promise)
      case .end:
        context.write(data, promise: promise)
      }
    }
  }
#endif
