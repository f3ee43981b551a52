#if NIO
  import HTTPOutputBuffering
  import HTTPTypes
  import NIOCore
  import NIOHTTP1

  /// Keeps content, and what would frame it, away from responses that have none.
  ///
  /// It stands right above NIO's encoder, which knows no method: it would send the body of a response to
  /// HEAD, and end one without length by the last chunk of a body that isn't there.
  final class HTTP1ContentGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private var unanswered: CircularBuffer<HTTPMethod> = []
    private var hasNoContent = false
    /// Behind a switch of protocols the pipeline carries no HTTP any more.
    private var isUpgraded = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      guard !isUpgraded else { return context.fireChannelRead(data) }
      if case .head(let head) = unwrapInboundIn(data) { unanswered.append(head.method) }
      context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
      guard !isUpgraded else { return context.write(data, promise: promise) }
      switch unwrapOutboundIn(data) {
      case .head(let head):
        isUpgraded = isLast(head)
        if head.status.code >= 200 {
          let method = unanswered.popFirst()
          let framing = MessageFraming(
            status: HTTPResponse.Status(code: min(Int(head.status.code), 999)),
            method: method == .HEAD ? .head : .get, version: .http1_1, contentLength: nil)
          hasNoContent = framing == .noContent
        }
        context.write(data, promise: promise)
      case .body, .end:
        guard hasNoContent else { return context.write(data, promise: promise) }
        // An empty part keeps the promise in its order.
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer()))), promise: promise)
      }
    }
  }

  extension HTTP1ContentGuard {
    /// Whether a response is the last of HTTP on its connection: 101, or 2xx to CONNECT.
    private func isLast(_ head: HTTPResponseHead) -> Bool {
      head.status == .switchingProtocols
        || (unanswered.first == .CONNECT && (200..<300).contains(head.status.code))
    }

    /// Adds a guard to a pipeline of HTTP/1 that has none; to one without an HTTP/1 decoder nothing is
    /// added.
    static func add(to pipeline: ChannelPipeline.SynchronousOperations) {
      typealias Decoder = ByteToMessageHandler<HTTPRequestDecoder>
      guard let decoder = try? pipeline.handler(type: Decoder.self),
        (try? pipeline.handler(type: HTTP1ContentGuard.self)) == nil
      else { return }
      try? pipeline.addHandler(HTTP1ContentGuard(), position: .after(decoder))
    }
  }
#endif
