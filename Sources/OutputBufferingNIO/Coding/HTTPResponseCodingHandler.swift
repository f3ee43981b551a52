#if NIO
  public import HTTPContentCoding
  public import HTTPOutputBuffering
  public import Logging
  public import NIOCore
  public import NIOHTTP1

  /// Codes the responses of a NIOHTTP1 pipeline: where `HTTPResponseCompressor` stands today.
  ///
  /// Add it behind `configureHTTPServerPipeline`. It takes heads, bodies and ends as the application
  /// writes them and
  ///
  /// - sends a response whose end is written before a flush with an exact `Content-Length`, up to
  ///   `ResponseSettings.maximumWholeBytes` (1 MiB);
  /// - sends at a flush what was written, at once or within the latency bound;
  /// - passes on untouched what isn't coded: file regions, so that `sendfile` stays, interim responses at
  ///   once, upgrades;
  /// - gives the application its own entity tags back in the conditions of a request
  ///   (`HTTPHeaders.restoreValidators(offering:)`), and leaves out trailers that can't be any (RFC 9110
  ///   §6.5.1);
  /// - keeps or fails the promise of every write exactly once, no later than its bytes are written.
  ///
  /// Coding takes about a millisecond of the event loop at a time; an engine that takes a whole body in one call
  /// (`ContentEncoder.wholeBodyLimit`), some more for a long one. Until a flush at most
  /// `ResponseSettings.maximumWholeBytes` are held back from the channel. What is written while a file region
  /// is read or something long is coded waits here, and is part of what `isWritable` of the channel shows:
  /// with more than that many bytes waiting a channel that is a socket's is unwritable, until there are half
  /// as many. For that its `writeBufferWaterMark` is lowered for the time, and a small slice coded ahead. Where
  /// that shows nothing, in a stream of HTTP/2 and above TLS, a write that finds more waiting takes the time
  /// to code as much as it adds, until the channel is full. So an application that minds writability keeps
  /// no more than that and the channel's own mark in memory, and one that doesn't keeps what it writes.
  ///
  /// A response that can't be completed breaks the connection off, so that the client can tell: its length
  /// isn't the declared one, a file region is longer than its file or can't be read.
  public final class HTTPResponseCodingHandler: ChannelDuplexHandler, RemovableChannelHandler {
    /// Requests as they come.
    public typealias InboundIn = HTTPServerRequestPart
    /// Requests as the application is to see them: with its own tags in their conditions.
    public typealias InboundOut = HTTPServerRequestPart
    /// Responses as the application writes them.
    public typealias OutboundIn = HTTPServerResponsePart
    /// Responses as they go out.
    public typealias OutboundOut = HTTPServerResponsePart

    let coder: ResponseCoder<HTTP1Parts>

    /// Makes the handler of one channel.
    ///
    /// ```swift
    /// try pipeline.addHandler(HTTPResponseCodingHandler(codings: [.gzip()]))
    /// ```
    ///
    /// - Parameters:
    ///   - codings: The content codings on offer, the preferred one first.
    ///   - policy: Which responses are coded.
    ///   - explainsDecision: Whether each response says in `X-Content-Coding-Decision` why it was coded or not.
    ///   - latencyBound: How long a flush may wait for more to be written; nil for not at all. For
    ///     applications whose every write comes with a flush, as `NIOAsyncChannel`'s do.
    ///   - logger: Gets what the handler leaves out of a response, at debug.
    public convenience init(
      codings: [ContentCodingOffer], policy: CompressionPolicy = CompressionPolicy(),
      explainsDecision: Bool = false, latencyBound: Duration? = nil,
      logger: Logger = Logger(label: "swift-output-buffering")
    ) {
      self.init(
        settings: ResponseSettings(
          codings: codings, policy: policy, explainsDecision: explainsDecision),
        latencyBound: latencyBound, logger: logger)
    }

    /// Makes the handler of one channel with settings that are no parameters of
    /// ``init(codings:policy:explainsDecision:latencyBound:logger:)``.
    ///
    /// - Parameters:
    ///   - settings: What is coded and how much is held. Settings of handlers and their clients have no
    ///     meaning here.
    ///   - latencyBound: How long a flush may wait for more to be written; nil for not at all.
    ///   - logger: Gets what the handler leaves out of a response, at debug.
    public init(
      settings: ResponseSettings, latencyBound: Duration? = nil,
      logger: Logger = Logger(label: "swift-output-buffering")
    ) {
      coder = ResponseCoder(
        settings: settings, latencyBound: latencyBound, version: .http1_1, logger: logger)
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
  extension HTTPResponseCodingHandler: Sendable {}
#endif
