#if NIO
  import NIOCore
  import NIOHTTP2

  /// The state shared by the streams of an HTTP/2 connection.
  ///
  /// The handler sits directly below NIO's HTTP/2 handler. NIO's close drops what the socket hasn't
  /// accepted. On a graceful shutdown it comes as soon as the last stream has ended, before the
  /// frame with that end is flushed. This handler delays the close until everything is out, so that
  /// window updates from a client that is still reading don't reach a closed socket: the resulting
  /// reset would discard data the client hasn't received.
  ///
  /// Repeated closes, which handlers issue on any error, have no further effect. If a response has
  /// no end yet, the close breaks it off without waiting.
  final class HTTP2ConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = Any
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    /// Holds back the next streams.
    let hold = HTTP2StreamGate()
    /// Responses that ended with their head and whose streams are gone.
    let unfinished = UnfinishedResponses()
    /// How many times the client has sent something.
    ///
    /// A client that takes content sends window updates (RFC 9113 §6.9).
    private(set) var readCount = 0
    private(set) var isClosing = false
    /// The number of streams, and how many of them have been given up.
    private var (streamCount, givenUpCount) = (0, 0)
    /// Whether all streams have been given up, in which case closes don't wait.
    private var isGivenUp = false
    /// The server's shutdown, if the adapter observes it.
    var serverShutdown: ServerShutdown?
    /// Whether closes never wait again: a shutdown leaves no more time, or the client can't decode
    /// what has been written.
    private var isOverdue = false
    /// The number of streams whose response has no end yet.
    private var unansweredCount = 0
    /// When the last response was completed.
    private var lastEnd: NIODeadline?
    private var drainingClose: DrainingClose?
    /// The content frames that streams send while one of them is watched.
    private(set) var turns = StreamTurns()
    /// The remaining content of the frame being written, in bytes.
    private var frameRest = 0
    private var context: ChannelHandlerContext?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      // New requests aren't answered while closing.
      if !isClosing { context.fireChannelRead(data) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
      readCount += 1
      context.fireChannelReadComplete()
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
      if !turns.isIdle { countContent(unwrapOutboundIn(data)) }
      context.write(data, promise: promise)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      if event is ChannelShouldQuiesceEvent {
        let limit = { [self] in TimeAmount.closeLimit(of: serverShutdown?.services ?? []) }
        context.channel.atCloseLimit(since: .now(), limit: limit) { [self] in
          isOverdue = true
          drainingClose?.giveUp()
        }
      }
      context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
      unfinished.disconnected()
      context.fireChannelInactive()
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
      if mode == .input {
        // As on HTTP/1, closing the input gives the client up.
        isGivenUp = true
        drainingClose?.giveUp()
      }
      guard mode == .all, context.channel.isActive, !isGivenUp, !isOverdue,
        unansweredCount == 0
      else {
        return context.close(mode: mode, promise: promise)
      }
      context.channel.closeFuture.cascade(to: promise)
      guard !isClosing else { return }
      isClosing = true
      // Wait until the frame with the end has been written.
      context.eventLoop.assumeIsolated().execute { [self] in closeAfterWrites(context) }
    }

    private func closeAfterWrites(_ context: ChannelHandlerContext) {
      let channel = context.channel
      guard channel.isActive else { return }
      let written = context.eventLoop.makePromise(of: Void.self)
      // An empty write completes after all earlier writes.
      context.writeAndFlush(wrapOutboundOut(.byteBuffer(ByteBuffer())), promise: written)
      drainingClose = DrainingClose(
        after: written.futureResult, within: DrainingClose.stallTime,
        watching: { channel.untakenByteCount }
      ) { [self] isTaken in
        isTaken ? linger(context) : context.close(promise: nil)
      }
      if drainingClose == nil { linger(context) }
      if isGivenUp || isOverdue { drainingClose?.giveUp() }
    }

    /// How long a client whose connection was idle may take to close its side.
    private static var lingerTime: TimeAmount { .seconds(2) }

    /// Closes our side, then the connection once the client closes its own or falls silent.
    private func linger(_ context: ChannelHandlerContext) {
      guard context.channel.isActive else { return }
      context.close(mode: .output, promise: nil)
      // The kernel may take a while to deliver what it has, and a client with a large window sends
      // little. On an idle connection the kernel has nothing left.
      let idleTime = lastEnd.map { NIODeadline.now() - $0 } ?? DrainingClose.stallTime
      let time = max(Self.lingerTime, DrainingClose.stallTime - idleTime)
      drainingClose = DrainingClose(
        after: context.channel.closeFuture, within: time, atMost: time,
        watching: { [self] in -readCount }
      ) { _ in
        context.close(promise: nil)
      }
    }
  }

  // Watching the content of streams.
  extension HTTP2ConnectionHandler {
    func watchContent(of stream: HTTP2StreamID) {
      betweenFrames { [self] in
        if turns.isIdle { frameRest = 0 }
        turns.watch(stream)
      }
    }

    func unwatchContent(of stream: HTTP2StreamID) {
      betweenFrames { [self] in turns.unwatch(stream) }
    }

    /// Runs the action in the next turn of the event loop, since a frame may be half written now.
    private func betweenFrames(_ action: @escaping () -> Void) {
      context?.eventLoop.assumeIsolated().execute(action)
    }

    /// Counts content frames: NIO writes a frame's header by itself and its payload in the next
    /// write (RFC 9113 §4.1).
    private func countContent(_ data: IOData) {
      guard frameRest == 0, case .byteBuffer(let buffer) = data, buffer.readableBytes >= 9 else {
        frameRest = max(0, frameRest - data.readableBytes)
        return
      }
      let bytes = buffer.readableBytesView.prefix(9)
      let number = bytes.suffix(4).reduce(0) { $0 << 8 | Int($1) } & 0x7FFF_FFFF
      let isContent = bytes[bytes.startIndex + 3] == 0
      let length = bytes.prefix(3).reduce(0) { $0 << 8 | Int($1) }
      frameRest = max(0, length + 9 - buffer.readableBytes)
      if isContent, length > 0 { turns.sent(HTTP2StreamID(number)) }
    }

    /// Closes the connection without sending what is pending.
    ///
    /// Its client takes nothing of it, or can't decode it.
    func breakOff() {
      isOverdue = true
      drainingClose?.giveUp()
      context?.close(promise: nil)
    }
  }

  // Tracking streams.
  extension HTTP2ConnectionHandler {
    func streamOpened() {
      streamCount += 1
      unansweredCount += 1
      isGivenUp = false
    }

    /// Records that the end of a stream's response is written, or never will be.
    func streamAnswered(isWhole: Bool) {
      unansweredCount -= 1
      if isWhole { lastEnd = .now() }
    }

    func streamGivenUp() {
      givenUpCount += 1
      guard givenUpCount == streamCount else { return }
      isGivenUp = true
      drainingClose?.giveUp()
    }

    func streamEnded(isGivenUp: Bool) {
      streamCount -= 1
      if isGivenUp { givenUpCount -= 1 }
    }
  }

  extension HTTP2ConnectionHandler {
    /// Returns the handler of a stream's connection, adding one if needed; call it on the event
    /// loop.
    ///
    /// - Parameter stream: The stream's channel.
    /// - Returns: The handler; nil if no NIO handler speaks HTTP/2 or the connection is closed.
    static func find(for stream: any Channel) -> HTTP2ConnectionHandler? {
      guard let pipeline = stream.parent?.pipeline.syncOperations else { return nil }
      if let present = try? pipeline.handler(type: HTTP2ConnectionHandler.self) { return present }
      guard let http2 = try? pipeline.handler(type: NIOHTTP2Handler.self) else { return nil }
      let added = HTTP2ConnectionHandler()
      guard (try? pipeline.addHandler(added, position: .before(http2))) != nil else { return nil }
      return added
    }
  }
#endif
