#if NIO
  import HTTPOutputBuffering
  package import NIOCore
  import NIOHTTP1
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
      storedConnection = HTTPServerConnection(channel: context.channel)
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      if case .head = unwrapInboundIn(data) {
        storedConnection?.received(.streamRequest)
      }
      context.fireChannelRead(data)
    }

    package func write(
      context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
    ) {
      guard case .end = unwrapOutboundIn(data) else {
        return context.write(data, promise: promise)
      }
      let written = promise ?? context.eventLoop.makePromise(of: Void.self)
      let number = HTTPServerConnection.RequestLine.streamRequest.number
      let connection = storedConnection
      connection?.ending(number)
      written.futureResult.whenComplete { result in
        connection?.ended(number, isWritten: (try? result.get()) != nil)
      }
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

  extension HTTPServerConnection.RequestLine {
    /// The one request of a stream; closing the connection isn't a stream's affair.
    fileprivate static var streamRequest: Self {
      Self(number: 0, method: .GET, version: .http2, isKeepAlive: true)
    }
  }

  @available(*, unavailable)
  extension HTTPStreamHandler: Sendable {}
#endif
