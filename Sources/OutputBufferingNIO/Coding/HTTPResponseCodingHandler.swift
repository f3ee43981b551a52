#if NIO
  public import HTTPOutputBuffering
  public import NIOCore
  public import NIOHTTP1

  /// Codes the responses of a NIOHTTP1 pipeline: where `HTTPResponseCompressor` stands today.
  ///
  /// Add it behind `configureHTTPServerPipeline`. It takes heads, bodies and ends as the application
  /// writes them and
  ///
  /// - sends a response whose end is written before a flush with an exact `Content-Length`;
  /// - sends at a flush what was written, at once or within the latency bound;
  /// - passes on untouched what isn't coded: file regions, so that `sendfile` stays, interim responses at
  ///   once, upgrades;
  /// - keeps or fails the promise of every write exactly once, no later than its bytes are written.
  ///
  /// At most `ResponseSettings.maximumBufferedBytes` and what the encoder holds are
  /// kept back from the channel, whose writability the application sees.
  public final class HTTPResponseCodingHandler: ChannelDuplexHandler, RemovableChannelHandler {
    /// Requests as they come.
    public typealias InboundIn = HTTPServerRequestPart
    /// Requests, untouched.
    public typealias InboundOut = HTTPServerRequestPart
    /// Responses as the application writes them.
    public typealias OutboundIn = HTTPServerResponsePart
    /// Responses as they go out.
    public typealias OutboundOut = HTTPServerResponsePart

    private let coder: ResponseCoder<HTTP1Parts>

    /// Makes the handler of one channel.
    ///
    /// - Parameters:
    ///   - settings: What is coded and how much is held.
    ///   - latencyBound: How long a flush may wait for more to be written; nil for not at all. For
    ///     applications whose every write comes with a flush, as `NIOAsyncChannel`'s do.
    public init(settings: ResponseSettings, latencyBound: TimeAmount? = nil) {
      coder = ResponseCoder(settings: settings, latencyBound: latencyBound, version: .http1_1)
    }

    /// Puts a guard above NIO's encoder, which would send content that a response doesn't have.
    public func handlerAdded(context: ChannelHandlerContext) {
      HTTP1ContentGuard.add(to: context.pipeline.syncOperations)
    }

    /// Notes what a request accepts.
    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      coder.read(unwrapInboundIn(data))
      context.fireChannelRead(data)
    }

    /// Codes a part of a response, or passes it on.
    public func write(
      context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
    ) {
      coder.write(unwrapOutboundIn(data), promise, context)
    }

    /// Sends what was written, at once or within the latency bound.
    public func flush(context: ChannelHandlerContext) {
      coder.flush(context)
    }

    /// Fails the writes that have not gone out.
    public func channelInactive(context: ChannelHandlerContext) {
      coder.abandon(ChannelError.ioOnClosedChannel)
      context.fireChannelInactive()
    }

    /// Fails the writes that have not gone out.
    public func handlerRemoved(context: ChannelHandlerContext) {
      coder.abandon(ChannelError.ioOnClosedChannel)
    }
  }

  @available(*, unavailable)
  extension HTTPResponseCodingHandler: Sendable {}
#endif
