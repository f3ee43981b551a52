#if NIO
  import HTTPOutputBuffering
  import HTTPTypes
  import NIOCore
  import NIOHTTP1

  /// Makes NIO's encoder frame every response as its request asks for.
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
    private var dropsContent = false
    /// Behind a switch of protocols, or in a tunnel, the pipeline carries no HTTP any more.
    private(set) var isTunnel = false

    /// The next final head answers such a request; a head that nobody announces is taken for one of GET.
    func expectHead(answering method: HTTPRequest.Method, version: HTTPProtocolVersion) {
      self.method = method
      self.version = version
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
      guard !isTunnel else { return context.write(data, promise: promise) }
      switch unwrapOutboundIn(data) {
      case .head(let head):
        context.write(wrapOutboundOut(.head(framed(head))), promise: promise)
      case .body, .end:
        guard dropsContent else { return context.write(data, promise: promise) }
        // An empty part keeps the promise in its order.
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer()))), promise: promise)
      }
    }

    private func framed(_ head: HTTPResponseHead) -> HTTPResponseHead {
      guard !head.isInterim else { return head }
      defer { expectHead(answering: .get, version: .http1_1) }
      let framing = head.framing(answering: method, version: version)
      isTunnel = head.typedStatus.beginsTunnel(answering: method)
      dropsContent = framing == .noContent
      guard !head.headers.contains(name: "content-length") else { return head }
      var head = head
      if head.status == .resetContent {
        // To a client it is a message like any other (RFC 9110 §15.3.6, RFC 9112 §6.3).
        head.headers.add(name: "content-length", value: "0")
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
      // To the encoder a field is a length, whatever it says.
      MessageFraming(
        status: typedStatus, method: method, version: version,
        contentLength: headers.contains(name: "content-length") ? 0 : nil)
    }
  }
#endif
