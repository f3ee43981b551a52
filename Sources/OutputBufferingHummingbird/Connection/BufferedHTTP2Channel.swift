#if HummingbirdHTTP2
  import HummingbirdCore
  import HummingbirdHTTP2
  import Logging
  import NIOCore
  import NIOSSL
  import OutputBufferingNIO

  /// Hummingbird's channel over TLS, whose connections close behind what their streams have written.
  struct BufferedHTTP2Channel: ServerChildChannel {
    let base: HTTP2UpgradeChannel

    func setup(
      channel: any Channel, logger: Logger
    ) -> EventLoopFuture<HTTP2UpgradeChannel.Value> {
      base.setup(channel: channel, logger: logger).flatMapThrowing { value in
        let pipeline = channel.pipeline.syncOperations
        let tls = try pipeline.handler(type: NIOSSLServerHandler.self)
        try pipeline.addHandler(FlushingCloseHandler(), position: .after(tls))
        return value
      }
    }

    func handle(value: HTTP2UpgradeChannel.Value, logger: Logger) async {
      await base.handle(value: value, logger: logger)
    }
  }

  /// Closes connections that shut down when it is time.
  ///
  /// One over which nothing has come yet is closed at once: its handshake may never end. Elsewhere what has
  /// been written goes out before. Hummingbird closes as soon as the last stream has ended, which NIO tells
  /// it before the frame with that end is flushed: it would be lost, and the client left with a broken
  /// message.
  private final class FlushingCloseHandler: ChannelDuplexHandler {
    typealias InboundIn = Any
    typealias OutboundIn = Any
    typealias OutboundOut = Any

    private var lastWritten: EventLoopFuture<Void>?
    private var hasRead = false
    private var isClosing = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      hasRead = true
      context.fireChannelRead(data)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      if event is ChannelShouldQuiesceEvent, !hasRead, lastWritten == nil {
        context.close(promise: nil)
      }
      context.fireUserInboundEventTriggered(event)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
      let written = promise ?? context.eventLoop.makePromise()
      lastWritten = written.futureResult
      context.write(data, promise: written)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
      guard mode == .all, let lastWritten else {
        return context.close(mode: mode, promise: promise)
      }
      guard !isClosing else { return context.channel.closeFuture.cascade(to: promise) }
      isClosing = true
      context.flush()
      PatientClose.close(behind: lastWritten, on: context.channel) {
        context.close(promise: promise)
      }
    }
  }
#endif
