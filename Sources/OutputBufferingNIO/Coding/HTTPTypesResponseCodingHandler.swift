#if NIO
  public import HTTPContentCoding
  public import HTTPOutputBuffering
  public import Logging
  public import NIOCore
  public import NIOHTTPTypes

  /// Codes the responses of a pipeline of HTTP types, over HTTP/1.1 or in HTTP/2 streams.
  ///
  /// It does for `HTTPRequestPart` and `HTTPResponsePart` what ``HTTPResponseCodingHandler`` does
  /// for the parts of NIOHTTP1. Add it after `HTTP1ToHTTPServerCodec` or
  /// `HTTP2FramePayloadToHTTPServerCodec`.
  public final class HTTPTypesResponseCodingHandler: ChannelDuplexHandler, RemovableChannelHandler {
    /// Requests as they arrive.
    public typealias InboundIn = HTTPRequestPart
    /// Requests for the application, with its own entity tags in their conditions.
    public typealias InboundOut = HTTPRequestPart
    /// Responses as the application writes them.
    public typealias OutboundIn = HTTPResponsePart
    /// Responses as they are sent.
    public typealias OutboundOut = HTTPResponsePart

    let coder: ResponseCoder<TypedParts>

    /// Creates the handler of one channel.
    ///
    /// ```swift
    /// try pipeline.addHandler(HTTPTypesResponseCodingHandler(version: .http2, codings: [.gzip()]))
    /// ```
    ///
    /// - Parameters:
    ///   - version: The HTTP version of the pipeline, which its parts don't carry. After
    ///     `HTTP1ToHTTPServerCodec`, the handler recognizes HTTP/1.0 requests by itself.
    ///   - codings: The content codings on offer, in order of preference.
    ///   - policy: Which responses are coded.
    ///   - explainsDecision: Whether each response explains in `X-Content-Coding-Decision` why it
    ///     was coded or not.
    ///   - latencyBound: How long a flush may wait for further writes; nil for no wait. Set it for
    ///     applications that flush every write, as those of `NIOAsyncChannel` do.
    ///   - logger: Logs what the handler leaves out of a response, at level debug; nil for one
    ///     labelled `swift-output-buffering`, which all handlers share.
    public convenience init(
      version: HTTPProtocolVersion,
      codings: [ContentCodingOffer], policy: CompressionPolicy = CompressionPolicy(),
      explainsDecision: Bool = false, latencyBound: Duration? = nil,
      logger: Logger? = nil
    ) {
      self.init(
        version: version,
        settings: ResponseSettings(
          codings: codings, policy: policy, explainsDecision: explainsDecision),
        latencyBound: latencyBound, logger: logger)
    }

    /// Creates the handler of one channel with settings that
    /// ``init(version:codings:policy:explainsDecision:latencyBound:logger:)`` doesn't take.
    ///
    /// - Parameters:
    ///   - version: The HTTP version of the pipeline, which its parts don't carry. After
    ///     `HTTP1ToHTTPServerCodec`, the handler recognizes HTTP/1.0 requests by itself.
    ///   - settings: What is coded and how much is held. Settings about handlers and their clients
    ///     have no effect here.
    ///   - latencyBound: How long a flush may wait for further writes; nil for no wait.
    ///   - logger: Logs what the handler leaves out of a response, at level debug; nil for one
    ///     labelled `swift-output-buffering`, which all handlers share.
    public init(
      version: HTTPProtocolVersion, settings: ResponseSettings, latencyBound: Duration? = nil,
      logger: Logger? = nil
    ) {
      coder = ResponseCoder(
        settings: settings, latencyBound: latencyBound, version: version, logger: logger)
    }

    /// Adds a guard above NIO's encoder, which would send content that a response can't have.
    public func handlerAdded(context: ChannelHandlerContext) {
      coder.added(to: context)
    }

    /// Remembers what a request accepts; drops requests after a response that closes the
    /// connection.
    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      if let data = coder.read(data) { context.fireChannelRead(data) }
    }

    /// Renews the turn's budget before more input arrives.
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

    /// Tells the application, unless queued content makes the channel unwritable again.
    public func channelWritabilityChanged(context: ChannelHandlerContext) {
      if coder.writabilityChanged() { context.fireChannelWritabilityChanged() }
    }

    /// Closes after all earlier writes, including those still being read or coded.
    public func close(
      context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?
    ) {
      guard mode != .input else { return context.close(mode: mode, promise: promise) }
      coder.close(mode, promise)
    }

    /// Passes events on; what a `BufferedResponse` sends by one doesn't overtake earlier writes.
    public func triggerUserOutboundEvent(
      context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
    ) {
      if coder.keepsOrder(of: event, promise) {
        context.triggerUserOutboundEvent(event, promise: promise)
      }
    }

    /// Fails the writes that haven't gone out.
    public func channelInactive(context: ChannelHandlerContext) {
      coder.abandon(ChannelError.ioOnClosedChannel)
      context.fireChannelInactive()
    }

    /// Leaves the pipeline at once, or at the end of the current response.
    public func removeHandler(
      context: ChannelHandlerContext, removalToken: ChannelHandlerContext.RemovalToken
    ) {
      coder.remove(removalToken)
    }

    /// Fails the writes that haven't gone out.
    public func handlerRemoved(context: ChannelHandlerContext) {
      coder.removed()
    }
  }

  @available(*, unavailable)
  extension HTTPTypesResponseCodingHandler: Sendable {}
#endif
