#if NIO
  import Foundation
  import NIOCore
  import NIOEmbedded
  import NIOHTTP1
  import OutputBufferingNIO
  import Testing

  /// Pipelines in which another handler changes what passes between the handler and NIO's encoder.
  @Suite(.timeLimit(.minutes(1))) struct HTTP1ContentGuardTests {
    /// Changes parts on their way to the encoder.
    private final class Editor: ChannelOutboundHandler {
      typealias OutboundIn = HTTPServerResponsePart
      typealias OutboundOut = HTTPServerResponsePart

      private let edit: (HTTPServerResponsePart) -> [HTTPServerResponsePart]

      init(_ edit: @escaping (HTTPServerResponsePart) -> [HTTPServerResponsePart]) {
        self.edit = edit
      }

      func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let parts = edit(unwrapOutboundIn(data))
        for part in parts.dropLast() { context.write(wrapOutboundOut(part), promise: nil) }
        guard let last = parts.last else { return promise?.succeed() ?? () }
        context.write(wrapOutboundOut(last), promise: promise)
      }
    }

    /// Serves two requests through an editor and returns what is sent.
    private func serve(
      _ requestLine: String = "GET / HTTP/1.1",
      _ edit: @escaping (HTTPServerResponsePart) -> [HTTPServerResponsePart]
    ) throws -> (text: String, isOpen: Bool) {
      let pipeline = try Pipeline {
        try $0.configureHTTPServerPipeline()
        try $0.addHandler(Editor(edit))
      }
      for _ in 0..<2 where pipeline.channel.isActive {
        try pipeline.request("\(requestLine)\r\nConnection: keep-alive\r\n\r\n")
        try pipeline.respond(page: "page")
      }
      // The handler reports a message that it breaks off.
      try? pipeline.channel.throwIfErrorCaught()
      return (try pipeline.sent(), pipeline.channel.isActive)
    }

    @Test(arguments: [["-5"], ["+4"], ["0x4"], [""], ["4", "7"], ["4, 7"], ["\(UInt.max)"]])
    func `A length that isn't one number isn't sent`(values: [String]) throws {
      let (text, isOpen) = try serve {
        guard case .head(var head) = $0 else { return [$0] }
        head.headers.remove(name: "content-length")
        for value in values { head.headers.add(name: "Content-Length", value: value) }
        return [.head(head)]
      }
      #expect(isOpen && !text.lowercased().contains("content-length"))
      let message = "transfer-encoding: chunked\r\n\r\n4\r\npage\r\n0\r\n\r\n"
      #expect(text.components(separatedBy: message).count == 3)
    }

    @Test(arguments: ["chunked", "gzip, chunked", "identity"])
    func `A transfer coding that isn't applied isn't sent`(value: String) throws {
      let (text, isOpen) = try serve {
        guard case .head(var head) = $0 else { return [$0] }
        head.headers.add(name: "Transfer-Encoding", value: value)
        return [.head(head)]
      }
      #expect(isOpen && !text.lowercased().contains("transfer-encoding"))
      #expect(text.components(separatedBy: "\r\n\r\npage").count == 3)
    }

    /// Acts during a flush, as NIO does by completing promises and reporting writability.
    private final class FlushObserver: ChannelOutboundHandler {
      typealias OutboundIn = Any

      var action: (() -> Void)?

      func flush(context: ChannelHandlerContext) {
        context.flush()
        action.take()?()
      }
    }

    private final class Writer: ChannelOutboundHandler {
      typealias OutboundIn = HTTPServerResponsePart

      private(set) var context: ChannelHandlerContext?

      func handlerAdded(context: ChannelHandlerContext) { self.context = context }

      func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }
    }

    @Test func `What is written while a close flushes comes after the close`() throws {
      let (observer, writer) = (FlushObserver(), Writer())
      let pipeline = try Pipeline(below: [observer]) {
        try $0.configureHTTPServerPipeline()
        try $0.addHandler(writer)
      }
      try pipeline.request("GET / HTTP/1.1\r\n\r\n")
      try pipeline.respond(page: "page")
      var flag: KeptFlag?
      observer.action = {
        let head = HTTPServerResponsePart.head(.html(length: 0))
        flag = writer.context.map { KeptFlag($0.write(NIOAny(head))) }
      }
      pipeline.channel.close(promise: nil)
      #expect(flag?.error as? ChannelError == .ioOnClosedChannel)
      #expect(try pipeline.sent().components(separatedBy: "HTTP/1.1 ").count == 2)
    }

    @Test func `A handler may hold a head until the content arrives`() throws {
      var held: [HTTPServerResponsePart] = []
      var headCount = 0
      let (text, isOpen) = try serve { part in
        if case .head = part {
          headCount += 1
          // The first response is complete by then.
          guard headCount == 2 else { return [part] }
          held = [part]
          return []
        }
        defer { held = [] }
        return held + [part]
      }
      #expect(isOpen)
      #expect(text.ranges(of: "content-length: 4\r\n").count == 2)
      #expect(text.ranges(of: "\r\n\r\npage").count == 2)
    }

    @Test func `A handler may replace the declared length by chunks`() throws {
      let (text, isOpen) = try serve { part in
        switch part {
        case .head(var head):
          head.headers.remove(name: "content-length")
          return [.head(head)]
        case .body: return [part, .body(.byteBuffer(ByteBuffer(string: "foot")))]
        case .end: return [part]
        }
      }
      #expect(isOpen)
      #expect(text.ranges(of: "4\r\npage\r\n4\r\nfoot\r\n0\r\n\r\n").count == 2)
    }

    enum Change: CaseIterable {
      case longerContent, shorterContent, noContent, longerLength, shorterLength
    }

    @Test(arguments: Change.allCases)
    func `Content whose length another handler makes wrong breaks the message off`(
      change: Change
    ) throws {
      let (text, isOpen) = try serve { part in
        switch (part, change) {
        case (.head(var head), .longerLength), (.head(var head), .shorterLength):
          let length = change == .longerLength ? "5" : "3"
          head.headers.replaceOrAdd(name: "content-length", value: length)
          return [.head(head)]
        case (.body, .longerContent): return [.body(.byteBuffer(ByteBuffer(string: "pages")))]
        case (.body, .shorterContent): return [.body(.byteBuffer(ByteBuffer(string: "pag")))]
        case (.body, .noContent): return []
        default: return [part]
        }
      }
      #expect(!isOpen)
      #expect(text.ranges(of: "HTTP/1.1").count == 1)
    }

    @Test func `Nothing follows content that ends with the connection`() throws {
      let pipeline = try Pipeline()
      // The second request is an error, which NIO answers with 400 after the first response.
      try pipeline.request("GET / HTTP/1.0\r\n\r\nGET / HTTP/1.1\r\n\r\n")
      pipeline.write(.head(.html(length: nil)))
      pipeline.write(text: "page")
      pipeline.channel.flush()
      pipeline.write(.end(nil))
      pipeline.channel.flush()
      let text = try pipeline.sent()
      #expect(text.hasSuffix("\r\n\r\npage"))
      #expect(!pipeline.channel.isActive)
    }

    /// Hummingbird, for example, states the length of a body that a 205 can't have.
    @Test(arguments: ["4", "+4", "0"])
    func `A 205 states no content, RFC 9110 §15.3.6`(length: String) throws {
      let (text, isOpen) = try serve { part in
        guard case .head(var head) = part else { return [part] }
        head.status = .resetContent
        head.headers.replaceOrAdd(name: "content-length", value: length)
        head.headers.add(name: "content-length", value: "4")
        return [.head(head)]
      }
      #expect(isOpen)
      #expect(text.ranges(of: "content-length: 0\r\n").count == 2)
      #expect(text.ranges(of: "content-length").count == 2)
      #expect(!text.contains("page"))
    }
  }
#endif
