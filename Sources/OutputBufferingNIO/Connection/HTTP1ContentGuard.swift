#if NIO
  import HTTPOutputBuffering
  import HTTPTypes
  import NIOCore
  import NIOHTTP1

  /// Makes NIO's encoder frame every response as its request asks for, and sees that it keeps its length.
  ///
  /// It stands right above the encoder, which knows no request: that would send the body of a response to
  /// HEAD, end one without length by the last chunk of a body that isn't there, and send chunks to
  /// HTTP/1.0. Requests it doesn't see, since behind an upgrade what comes in isn't HTTP any more, and the
  /// pipeline knows that before a handler can: whoever writes a head says what it answers.
  final class HTTP1ContentGuard: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private var method = HTTPRequest.Method.get
    private var version = HTTPProtocolVersion.http1_1
    /// Whether it is known what the next final head answers.
    private var isExpectingHead = false
    private var content = Passage.Content.open
    private var isBroken = false
    /// Behind a switch of protocols, or in a tunnel, the pipeline carries no HTTP any more.
    private(set) var isTunnel = false

    /// The next final head answers such a request; a head that nobody announces is taken for one of GET.
    func expectHead(answering method: HTTPRequest.Method, version: HTTPProtocolVersion) {
      self.method = method
      self.version = version
      isExpectingHead = true
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
      guard !isTunnel else { return context.write(data, promise: promise) }
      guard !isBroken else { return promise?.fail(ChannelError.ioOnClosedChannel) ?? () }
      do throws(ResponseError) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
          return context.write(wrapOutboundOut(.head(framed(head))), promise: promise)
        case .body(let bytes): try content.take(byteCount: bytes.readableBytes)
        case .end: try content.finish()
        }
      } catch {
        return breakOff(error, context, promise)
      }
      guard content == .none else { return context.write(data, promise: promise) }
      // An empty part keeps the promise in its order.
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer()))), promise: promise)
    }

    /// A length that isn't kept makes the client take the next response for a part of this one.
    private func breakOff(
      _ error: ResponseError, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?
    ) {
      isBroken = true
      promise?.fail(error)
      context.fireErrorCaught(error)
      // The responses before this one are whole.
      context.flush()
      HTTP1BreakHandler.breakOff(context.channel, framing: nil)
    }

    private func framed(_ head: HTTPResponseHead) -> HTTPResponseHead {
      guard !head.isInterim else { return head }
      defer {
        expectHead(answering: .get, version: .http1_1)
        isExpectingHead = false
      }
      let framing = head.framing(answering: method, version: version)
      isTunnel = head.typedStatus.beginsTunnel(answering: method)
      content = Passage.Content(
        status: head.typedStatus, answering: method, framing: framing)
      // It may be one to HEAD.
      if !isExpectingHead, case .counted = content { content = .open }
      guard !head.headers.contains(name: "content-length") else { return head }
      var head = head
      if let length = head.typedStatus.lengthWithoutContent {
        head.headers.add(name: "content-length", value: String(length))
      } else if version == .http1_0 || (isTunnel && head.status != .switchingProtocols) {
        // The encoder applies chunks to HTTP/1.1 and leaves HTTP/1.0 alone.
        head.version = .http1_0
      }
      return head
    }
  }

  extension HTTP1ContentGuard {
    /// The guard of a pipeline of HTTP/1, which is added where there is none yet; nil where nothing
    /// encodes HTTP/1.
    static func find(in pipeline: ChannelPipeline.SynchronousOperations) -> HTTP1ContentGuard? {
      if let present = try? pipeline.handler(type: HTTP1ContentGuard.self) { return present }
      guard let encoder = try? pipeline.handler(type: HTTPResponseEncoder.self) else { return nil }
      let added = HTTP1ContentGuard()
      guard (try? pipeline.addHandler(added, position: .after(encoder))) != nil else { return nil }
      return added
    }
  }

  extension HTTPResponseHead {
    /// Whether the final response is still to come (RFC 9110 §15.2).
    var isInterim: Bool { status.code < 200 && status != .switchingProtocols }

    /// The status in HTTP types, which end at 999.
    var typedStatus: HTTPResponse.Status { HTTPResponse.Status(code: min(Int(status.code), 999)) }

    /// How NIO's encoder is to frame the response.
    func framing(
      answering method: HTTPRequest.Method, version: HTTPProtocolVersion
    ) -> MessageFraming {
      MessageFraming(
        status: typedStatus, method: method, version: version,
        contentLength: headers.first(name: "content-length").flatMap(HTTPFields.contentLength))
    }
  }
#endif
