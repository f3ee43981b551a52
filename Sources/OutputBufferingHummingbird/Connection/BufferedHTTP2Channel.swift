#if HummingbirdHTTP2
  import HummingbirdCore
  import HummingbirdHTTP2
  import Logging
  import NIOCore
  import NIOSSL

  /// Hummingbird's channel over TLS, whose unused connections close at graceful shutdown.
  struct BufferedHTTP2Channel: ServerChildChannel {
    let base: HTTP2UpgradeChannel
    let shutdown: ShutdownWatch

    func setup(
      channel: any Channel, logger: Logger
    ) -> EventLoopFuture<HTTP2UpgradeChannel.Value> {
      base.setup(channel: channel, logger: logger).flatMapThrowing { value in
        let pipeline = channel.pipeline.syncOperations
        let tls = try pipeline.handler(type: NIOSSLServerHandler.self)
        try pipeline.addHandler(UnusedConnectionHandler(), position: .after(tls))
        return value
      }
    }

    func handle(value: HTTP2UpgradeChannel.Value, logger: Logger) async {
      shutdown.start()
      await base.handle(value: value, logger: logger)
    }
  }

  /// Closes a connection that has received nothing at a shutdown, since its handshake may never
  /// end.
  private final class UnusedConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = Any

    private var hasRead = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      hasRead = true
      context.fireChannelRead(data)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      if event is ChannelShouldQuiesceEvent, !hasRead { context.close(promise: nil) }
      context.fireUserInboundEventTriggered(event)
    }
  }
#endif
