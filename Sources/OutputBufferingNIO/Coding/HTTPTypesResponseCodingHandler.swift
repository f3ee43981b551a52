#if NIO
  public import HTTPOutputBuffering
  public import NIOCore
  public import NIOHTTPTypes

  /// Codes the responses of a pipeline of HTTP types, over HTTP/1.1 or in the streams of HTTP/2.
  ///
  /// It does for `HTTPRequestPart` and `HTTPResponsePart` what ``HTTPResponseCodingHandler`` does for the
  /// parts of NIOHTTP1. Add it behind `HTTP1ToHTTPServerCodec` or `HTTP2FramePayloadToHTTPServerCodec`.
  public final class HTTPTypesResponseCodingHandler: ChannelDuplexHandler, RemovableChannelHandler {
    /// Requests as they come.
    public typealias InboundIn = HTTPRequestPart
    /// Requests, untouched.
    public typealias InboundOut = HTTPRequestPart
    /// Responses as the application writes them.
    public typealias OutboundIn = HTTPResponsePart
    /// Responses as they go out.
    public typealias OutboundOut = HTTPResponsePart

    private let coder: ResponseCoder<TypedParts>

    /// Makes the handler of one channel.
    ///
    /// - Parameters:
    ///   - version: The version of HTTP of the pipeline, which its parts don't tell.
    ///   - settings: What is coded and how much is held.
    ///   - latencyBound: How long a flush may wait for more to be written; nil for not at all. For
    ///     applications whose every write comes with a flush, as `NIOAsyncChannel`'s do.
    public init(
      version: HTTPProtocolVersion, settings: ResponseSettings, latencyBound: TimeAmount? = nil
    ) {
      coder = ResponseCoder(settings: settings, latencyBound: latencyBound, version: version)
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
  extension HTTPTypesResponseCodingHandler: Sendable {}
#endif
