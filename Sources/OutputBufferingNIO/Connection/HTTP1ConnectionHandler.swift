#if NIO
  import HTTPOutputBuffering
  import HTTPTypes
  import NIOCore
  import NIOHTTP1
  import NIOHTTPTypesHTTP1

  /// Sits between NIO's HTTP/1 codec and the translation to HTTP types, where a request still has its
  /// version and the end of a response can be seen leaving.
  ///
  /// It translates what the message framing asks for into what NIO's encoder does, which takes every
  /// response for one of HTTP/1.1.
  final class HTTP1ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// How long a client may take to close its side behind ours (RFC 9112 §9.6).
    static let lingerTime = TimeAmount.seconds(2)

    private let connection: HTTPServerConnection
    private var unanswered: CircularBuffer<HTTPServerConnection.RequestLine> = []
    private var isDraining = false
    private var requestCount = 0

    init(connection: HTTPServerConnection) {
      self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      // Behind a response that closes the connection no request is processed.
      guard !isDraining else { return }
      if case .head(let head) = unwrapInboundIn(data) {
        let request = HTTPServerConnection.RequestLine(
          number: requestCount,
          method: head.method,
          version: head.version == .http1_0 ? .http1_0 : .http1_1,
          isKeepAlive: head.isKeepAlive && head.version != .http1_0)
        requestCount += 1
        unanswered.append(request)
        connection.received(request)
      }
      context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
      switch unwrapOutboundIn(data) {
      case .head(let head):
        write(head, context: context, promise: promise)
      case .body:
        context.write(data, promise: promise)
      case .end:
        writeEnd(data, context: context, promise: promise)
      }
    }

    private func write(
      _ head: HTTPResponseHead, context: ChannelHandlerContext, promise: EventLoopPromise<Void>?
    ) {
      guard head.status.code >= 200 || head.status == .switchingProtocols else {
        return context.write(wrapOutboundOut(.head(head)), promise: promise)
      }
      var head = head
      let request = unanswered.first
      let omitsContentLength = connection.takeOmitsContentLength()
      let framing = MessageFraming(
        status: HTTPResponse.Status(code: min(Int(head.status.code), 999)),
        method: request?.method == .HEAD ? .head : .get,
        version: request?.version ?? .http1_1,
        contentLength: head.headers.first(name: "content-length").flatMap { Int($0) })
      if framing == .noContent && omitsContentLength { head.headers.remove(name: "content-length") }
      let hasLength = head.headers.contains(name: "content-length")
      if framing == .connectionClose || (request?.version == .http1_0 && !hasLength) {
        // The encoder applies chunks to HTTP/1.1 and leaves HTTP/1.0 alone.
        head.version = .http1_0
      }
      let closes = request?.isKeepAlive == false || head.headers.asksForClose
      if closes || framing == .connectionClose || connection.isClosingAtEnd {
        connection.closeAtEnd()
        head.headers.replaceOrAdd(name: "connection", value: "close")
      }
      context.write(wrapOutboundOut(.head(head)), promise: promise)
    }

    private func writeEnd(
      _ end: NIOAny, context: ChannelHandlerContext, promise: EventLoopPromise<Void>?
    ) {
      let request = unanswered.popFirst()
      if let request { connection.ending(request.number) }
      isDraining = isDraining || connection.isClosingAtEnd
      let isLast = isDraining
      let written = promise ?? context.eventLoop.makePromise(of: Void.self)
      let boundContext = NIOLoopBound(context, eventLoop: context.eventLoop)
      written.futureResult.whenComplete { [connection] result in
        let isWritten = (try? result.get()) != nil
        if let request { connection.ended(request.number, isWritten: isWritten) }
        if isLast && isWritten { Self.close(boundContext.value) }
      }
      context.write(end, promise: written)
    }

    /// Closes our side at once, and the connection when the client has closed its own or lingers.
    private static func close(_ context: ChannelHandlerContext) {
      context.close(mode: .output, promise: nil)
      let channel = context.channel
      let lingering = context.eventLoop.scheduleTask(in: lingerTime) { channel.close(promise: nil) }
      channel.closeFuture.whenComplete { _ in lingering.cancel() }
    }

    func triggerUserOutboundEvent(
      context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
    ) {
      guard let interim = event as? InterimResponse else {
        return context.triggerUserOutboundEvent(event, promise: promise)
      }
      let head = HTTPResponseHead(interim.head)
      context.writeAndFlush(wrapOutboundOut(.head(head)), promise: promise)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      if case .inputClosed = event as? ChannelEvent { connection.inputClosed() }
      context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      if error is IOError { connection.becameInactive() }
      context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
      connection.becameInactive()
      context.fireChannelInactive()
    }
  }

  extension HTTPHeaders {
    fileprivate var asksForClose: Bool {
      self[canonicalForm: "connection"].contains { $0.lowercased() == "close" }
    }
  }
#endif
