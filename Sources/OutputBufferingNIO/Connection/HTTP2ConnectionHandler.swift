#if NIO
  import NIOCore
  import NIOHTTP2

  /// What the streams of a connection of HTTP/2 have in common; it stands right below NIO's HTTP/2 handler.
  ///
  /// NIO's close drops what the socket hasn't taken, and it comes, at a graceful shutdown, as soon as the last
  /// stream has ended and before the frame with that end is flushed. Here all that goes out before, and window
  /// updates of a client that still reads don't find a closed socket, which would discard what it hasn't got.
  ///
  /// Closing once more changes nothing: handlers do at any error. Where a response has no end yet it is broken
  /// off, and nothing waits.
  final class HTTP2ConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = Any
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    /// What holds the next streams back.
    let hold = ConnectionHold()
    /// Responses that were over with their head, whose streams are gone.
    let unfinished = UnfinishedResponses()
    /// How often the client has sent something: whoever takes content sends window updates
    /// (RFC 9113 §6.9).
    private(set) var readCount = 0
    private(set) var isClosing = false
    /// How many streams there are, and of how many nobody is interested in the client any more.
    private var (streamCount, givenUpCount) = (0, 0)
    /// Whether that was so of all of them; then closes don't wait.
    private var isGivenUp = false
    /// What has been written can't be understood any more.
    private var isBroken = false
    /// How many streams there are whose response has no end yet.
    private var unansweredCount = 0
    /// When the last response was whole.
    private var lastEnd: NIODeadline?
    private var patience: PatientClose?
    /// The frames of content that streams send while one is watched.
    private(set) var turns = StreamTurns()
    /// What is left of the content of the frame that is being written, in bytes.
    private var frameRest = 0
    private var context: ChannelHandlerContext?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      // Nothing is answered any more.
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

    func channelInactive(context: ChannelHandlerContext) {
      unfinished.disconnected()
      context.fireChannelInactive()
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
      if mode == .input {
        // As on HTTP/1: the client is no concern any more.
        isGivenUp = true
        patience?.giveUp()
      }
      guard mode == .all, context.channel.isActive, !isGivenUp, !isBroken, unansweredCount == 0
      else {
        return context.close(mode: mode, promise: promise)
      }
      context.channel.closeFuture.cascade(to: promise)
      guard !isClosing else { return }
      isClosing = true
      // Not before the frame is written that tells of the end.
      context.eventLoop.assumeIsolated().execute { [self] in closeBehindWrites(context) }
    }

    private func closeBehindWrites(_ context: ChannelHandlerContext) {
      let channel = context.channel
      guard channel.isActive else { return }
      let written = context.eventLoop.makePromise(of: Void.self)
      // Nothing, which is done with all that was written before.
      context.writeAndFlush(wrapOutboundOut(.byteBuffer(ByteBuffer())), promise: written)
      patience = PatientClose(
        behind: written.futureResult, within: PatientClose.stallTime,
        watching: { channel.untakenByteCount }
      ) { [self] isTaken in
        isTaken ? linger(context) : context.close(promise: nil)
      }
      if patience == nil { linger(context) }
      if isGivenUp || isBroken { patience?.giveUp() }
    }

    /// How long a client whose connection was idle may take to close its side.
    private static var lingerTime: TimeAmount { .seconds(2) }

    /// Closes our side, and the connection when the client has closed its own or says nothing any more.
    private func linger(_ context: ChannelHandlerContext) {
      guard context.channel.isActive else { return }
      context.close(mode: .output, promise: nil)
      // What the kernel has may take a while, and a client with a large window says little. Of an idle
      // connection it has nothing any more.
      let idleTime = lastEnd.map { NIODeadline.now() - $0 } ?? PatientClose.stallTime
      let time = max(Self.lingerTime, PatientClose.stallTime - idleTime)
      patience = PatientClose(
        behind: context.channel.closeFuture, within: time, atMost: time,
        watching: { [self] in -readCount }
      ) { _ in
        context.close(promise: nil)
      }
    }
  }

  // Streams whose clients may take nothing.
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

    /// In the next turn of the event loop: now a frame may be written half.
    private func betweenFrames(_ action: @escaping () -> Void) {
      context?.eventLoop.assumeIsolated().execute(action)
    }

    /// NIO writes the head of a frame by itself, and what it carries in the next write (RFC 9113 §4.1).
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

    /// Closes the connection over what is unsent: its client takes nothing of it, or can't understand it.
    func breakOff() {
      isBroken = true
      patience?.giveUp()
      context?.close(promise: nil)
    }
  }

  // The streams.
  extension HTTP2ConnectionHandler {
    func streamOpened() {
      streamCount += 1
      unansweredCount += 1
      isGivenUp = false
    }

    /// The end of a stream's response is written, or none will be.
    func streamAnswered(isWhole: Bool) {
      unansweredCount -= 1
      if isWhole { lastEnd = .now() }
    }

    func streamGivenUp() {
      givenUpCount += 1
      guard givenUpCount == streamCount else { return }
      isGivenUp = true
      patience?.giveUp()
    }

    func streamEnded(isGivenUp: Bool) {
      streamCount -= 1
      if isGivenUp { givenUpCount -= 1 }
    }
  }

  extension HTTP2ConnectionHandler {
    /// The handler of a stream's connection, which is added where there is none yet; on its event loop.
    ///
    /// - Parameter stream: The stream's channel.
    /// - Returns: The handler; nil where nothing of NIO's speaks HTTP/2, and where the connection is closed.
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
