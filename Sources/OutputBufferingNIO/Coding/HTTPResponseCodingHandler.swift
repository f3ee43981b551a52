#if NIO
  public import HTTPContentCoding
  public import HTTPOutputBuffering
  public import Logging
  public import NIOCore
  public import NIOHTTP1

  /// Codes the responses of a NIOHTTP1 pipeline, in place of `HTTPResponseCompressor`.
  ///
  /// Add it after `configureHTTPServerPipeline`. It takes heads, bodies, and ends as the
  /// application writes them and
  ///
  /// - sends a response whose end is written before a flush with an exact `Content-Length`, up to
  ///   `ResponseSettings.maximumWholeBytes` (1 MiB);
  /// - sends everything written so far on a flush, at once or within the latency bound;
  /// - passes on unchanged what isn't coded: file regions, which keep using `sendfile`, interim
  ///   responses, which go out at once, upgrades, and on a watched connection what a
  ///   `BufferedResponse` writes, since its own `ResponseBuffering` decides about that;
  /// - restores the application's own entity tags in the conditions of a request
  ///   (`HTTPHeaders.restoreValidators(offering:)`), and leaves out fields that aren't allowed in
  ///   trailers (RFC 9110 §6.5.1);
  /// - completes the promise of every write exactly once, no later than its bytes are written.
  ///
  /// Coding takes about a millisecond of the event loop at a time. An engine that codes a whole
  /// body in one call (`ContentEncoder.wholeBodyLimit`) takes somewhat longer for a long one. Until
  /// a flush, the handler holds back at most `ResponseSettings.maximumWholeBytes` from the channel.
  ///
  /// Writes that arrive while a file region is read or a long part is coded wait in the handler,
  /// and count toward the channel's `isWritable`. While more than `maximumWholeBytes` are waiting,
  /// a socket's channel is unwritable, until half of that is left. To achieve this, the handler
  /// temporarily lowers the channel's `writeBufferWaterMark` and codes a small slice ahead. In an
  /// HTTP/2 stream and above TLS this has no effect; instead, each write codes as many bytes as it
  /// adds before it returns, until the channel is full. An application that respects writability
  /// therefore keeps at most `maximumWholeBytes` and the channel's own mark in memory; one that
  /// doesn't keeps all its writes.
  ///
  /// A response that can't be completed aborts the connection, so that the client can detect it.
  /// This happens if its length differs from the declared one, or if a file region is longer than
  /// its file or can't be read.
  public final class HTTPResponseCodingHandler: ChannelDuplexHandler, RemovableChannelHandler {
    /// Requests as they arrive.
    public typealias InboundIn = HTTPServerRequestPart
    /// Requests for the application, with its own entity tags in their conditions.
    public typealias InboundOut = HTTPServerRequestPart
    /// Responses as the application writes them.
    public typealias OutboundIn = HTTPServerResponsePart
    /// Responses as they are sent.
    public typealias OutboundOut = HTTPServerResponsePart

    let coder: ResponseCoder<HTTP1Parts>

    /// Creates the handler of one channel.
    ///
    /// ```swift
    /// try pipeline.addHandler(HTTPResponseCodingHandler(codings: [.gzip()]))
    /// ```
    ///
    /// - Parameters:
    ///   - codings: The content codings on offer, in order of preference.
    ///   - policy: Which responses are coded.
    ///   - explainsDecision: Whether each response explains in `X-Content-Coding-Decision` why it
    ///     was coded or not.
    ///   - latencyBound: How long a flush may wait for further writes; nil for no wait. Set it for
    ///     applications that flush every write, as those of `NIOAsyncChannel` do.
    ///   - logger: Logs what the handler leaves out of a response, at level debug; nil for one
    ///     labelled `swift-output-buffering`, which all handlers share.
    public convenience init(
      codings: [ContentCodingOffer], policy: CompressionPolicy = CompressionPolicy(),
      explainsDecision: Bool = false, latencyBound: Duration? = nil,
      logger: Logger? = nil
    ) {
      self.init(
        settings: ResponseSettings(
          codings: codings, policy: policy, explainsDecision: explainsDecision),
        latencyBound: latencyBound, logger: logger)
    }

    /// Creates the handler of one channel with settings that
    /// ``init(codings:policy:explainsDecision:latencyBound:logger:)`` doesn't take.
    ///
    /// - Parameters:
    ///   - settings: What is coded and how much is held. Settings about handlers and their clients
    ///     have no effect here.
    ///   - latencyBound: How long a flush may wait for further writes; nil for no wait.
    ///   - logger: Logs what the handler leaves out of a response, at level debug; nil for one
    ///     labelled `swift-output-buffering`, which all handlers share.
    public init(
      settings: ResponseSettings, latencyBound: Duration? = nil,
      logger: Logger? = nil
    ) {
      coder = ResponseCoder(
        settings: settings, latencyBound: latencyBound, version: .http1_1, logger: logger)
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
  extension HTTPResponseCodingHandler: Sendable {}
#endif
