#if NIO
  public import HTTPContentCoding
  public import HTTPOutputBuffering
  public import Logging
  public import NIOCore
  public import NIOHTTPTypes

  /// Codes the responses of a pipeline of HTTP types, over HTTP/1.1 or in the streams of HTTP/2.
  ///
  /// It does for `HTTPRequestPart` and `HTTPResponsePart` what ``HTTPResponseCodingHandler`` does for the
  /// parts of NIOHTTP1. Add it behind `HTTP1ToHTTPServerCodec` or `HTTP2FramePayloadToHTTPServerCodec`.
  public final class HTTPTypesResponseCodingHandler: ChannelDuplexHandler, RemovableChannelHandler {
    /// Requests as they come.
    public typealias InboundIn = HTTPRequestPart
    /// Requests as the application is to see them: with its own tags in their conditions.
    public typealias InboundOut = HTTPRequestPart
    /// Responses as the application writes them.
    public typealias OutboundIn = HTTPResponsePart
    /// Responses as they go out.
    public typealias OutboundOut = HTTPResponsePart

    let coder: ResponseCoder<TypedParts>

    /// Makes the handler of one channel.
    ///
    /// ```swift
    /// try pipeline.addHandler(HTTPTypesResponseCodingHandler(version: .http2, codings: [.gzip()]))
    /// ```
    ///
    /// - Parameters:
    ///   - version: The version of HTTP of the pipeline, which its parts don't tell. Behind
    ///     `HTTP1ToHTTPServerCodec` requests of HTTP/1.0 are known by themselves.
    ///   - codings: The content codings on offer, the preferred one first.
    ///   - policy: Which responses are coded.
    ///   - explainsDecision: Whether each response says in `X-Content-Coding-Decision` why it was coded or not.
    ///   - latencyBound: How long a flush may wait for more to be written; nil for not at all. For
    ///     applications whose every write comes with a flush, as `NIOAsyncChannel`'s do.
    ///   - logger: Gets what the handler leaves out of a response, at debug.
    public convenience init(
      version: HTTPProtocolVersion,
      codings: [ContentCodingOffer], policy: CompressionPolicy = CompressionPolicy(),
      explainsDecision: Bool = false, latencyBound: Duration? = nil,
      logger: Logger = Logger(label: "swift-output-buffering")
    ) {
      self.init(
        version: version,
        settings: ResponseSettings(
          codings: codings, policy: policy, explainsDecision: explainsDecision),
        latencyBound: latencyBound, logger: logger)
    }

    /// Makes the handler of one channel with settings that are no parameters of
    /// ``init(version:codings:policy:explainsDecision:latencyBound:logger:)``.
    ///
    /// - Parameters:
    ///   - version: The version of HTTP of the pipeline, which its parts don't tell. Behind
    ///     `HTTP1ToHTTPServerCodec` requests of HTTP/1.0 are known by themselves.
    ///   - settings: What is coded and how much is held. Settings of handlers and their clients have no
    ///     meaning here.
    ///   - latencyBound: How long a flush may wait for more to be written; nil for not at all.
    ///   - logger: Gets what the handler leaves out of a response, at debug.
    public init(
      version: HTTPProtocolVersion, settings: ResponseSettings, latencyBound: Duration? = nil,
      logger: Logger = Logger(label: "swift-output-buffering")
    ) {
      coder = ResponseCoder(
        settings: settings, latencyBound: latencyBound, version: version, logger: logger)
    }

    /// Puts a guard above NIO's encoder, which would send content that a response doesn't have.
    public func handlerAdded(context: ChannelHandlerContext) {
      coder.added(to: context)
    }

    /// Notes what a request accepts; behind a response that closes the connection no request is passed on.
    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      if let data = coder.read(data) { context.fireChannelRead(data) }
    }

    /// Others have had their say before more comes in.
    public func channelReadComplete(context: ChannelHandlerContext) {
      coder.readComplete()
      context.fireChannelReadComplete()
    }

    /// Codes a part of a response, or passes it on.
    public func write(
      context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
    ) {
      coder.write(data, promise)
    }

    /// Sends what was written, at once or within the latency bound.
    public func flush(context: ChannelHandlerContext) {
      coder.flush()
    }

    /// Tells the application of it, unless what waits to be coded makes the channel unwritable again.
    public func channelWritabilityChanged(context: ChannelHandlerContext) {
      if coder.writabilityChanged() { context.fireChannelWritabilityChanged() }
    }

    /// Closes behind what was flushed before.
    public func close(
      context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?
    ) {
      guard mode != .input else { return context.close(mode: mode, promise: promise) }
      coder.close(mode, promise)
    }

    /// Fails the writes that have not gone out.
    public func channelInactive(context: ChannelHandlerContext) {
      coder.abandon(ChannelError.ioOnClosedChannel)
      context.fireChannelInactive()
    }

    /// Leaves the pipeline at once, or at the end of the response that is underway.
    public func removeHandler(
      context: ChannelHandlerContext, removalToken: ChannelHandlerContext.RemovalToken
    ) {
      coder.remove(removalToken)
    }

    /// Fails the writes that have not gone out.
    public func handlerRemoved(context: ChannelHandlerContext) {
      coder.removed()
    }
  }

  @available(*, unavailable)
  extension HTTPTypesResponseCodingHandler: Sendable {}
#endif
