#if NIO
  import HTTPOutputBuffering
  package import NIOCore
  package import NIOHTTPTypes

  /// Watches one stream of HTTP/2, above the translation to HTTP types: that its client resets it, and
  /// that the end of its response is written.
  package final class HTTPStreamHandler: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPRequestPart
    package typealias InboundOut = HTTPRequestPart
    package typealias OutboundIn = HTTPResponsePart
    package typealias OutboundOut = HTTPResponsePart

    private var storedConnection: HTTPServerConnection?

    package init() {}

    /// The stream; nil before the handler is in a pipeline.
    package var connection: HTTPServerConnection? { storedConnection }

    package func handlerAdded(context: ChannelHandlerContext) {
      storedConnection = HTTPServerConnection(channel: context.channel, version: .http2)
    }

    package func write(
      context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
    ) {
      guard case .end = unwrapOutboundIn(data) else {
        return context.write(data, promise: promise)
      }
      let written = promise ?? context.eventLoop.makePromise(of: Void.self)
      let connection = storedConnection
      written.futureResult.whenSuccess { connection?.endWritten() }
      context.write(data, promise: written)
    }

    package func triggerUserOutboundEvent(
      context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
    ) {
      guard let interim = event as? InterimResponse else {
        return context.triggerUserOutboundEvent(event, promise: promise)
      }
      context.writeAndFlush(wrapOutboundOut(.head(interim.head)), promise: promise)
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
      storedConnection?.becameInactive()
      context.fireErrorCaught(error)
    }

    package func channelInactive(context: ChannelHandlerContext) {
      storedConnection?.becameInactive()
      context.fireChannelInactive()
    }
  }

  @available(*, unavailable)
  extension HTTPStreamHandler: Sendable {}
#endif
