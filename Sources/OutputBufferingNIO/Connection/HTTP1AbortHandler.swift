#if NIO
  import HTTPOutputBuffering
  import NIOCore

  /// Ends connections so that the client can tell an abort from a regular close.
  ///
  /// It is the first handler of its pipeline, below TLS, whose close_notify would claim that
  /// everything has been sent.
  final class HTTP1AbortHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any
    typealias InboundOut = Any

    private var context: ChannelHandlerContext?
    private var linger: LingeringClose?
    /// How many times the client has sent something.
    private(set) var readCount = 0

    /// Whether a close no longer waits for the client to close its side.
    private(set) var isGivenUp = false

    /// Whether our side is closed and the client's isn't yet.
    var isLingering: Bool { linger != nil }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
      linger?.cancel()
      // It retains the context, which retains this handler.
      linger = nil
      self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      readCount &+= 1
      // Nothing is processed after the last response.
      if let linger { return linger.hasRead() }
      context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
      // Handlers above may have stopped reading to apply back-pressure.
      if isLingering { context.read() }
      context.fireChannelReadComplete()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      if isLingering, case .inputClosed? = event as? ChannelEvent { context.close(promise: nil) }
      context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
      linger?.cancel()
      context.fireChannelInactive()
    }

    /// Reads and discards input until the client closes its side, falls silent, or takes too long.
    func beginLingering() {
      guard let context, linger == nil else { return }
      linger = LingeringClose(context)
      context.read()
    }

    /// Stops waiting for the client to close its side, now and later.
    func giveUp() {
      isGivenUp = true
      if isLingering { context?.close(promise: nil) }
    }

    private func breakOff(isReset: Bool) {
      guard let context else { return }
      guard isReset, let socket = context.channel as? any SocketOptionProvider else {
        return context.close(promise: nil)
      }
      socket.unsafeSetSocketOption(level: .socket, name: .so_linger, value: Linger())
        .assumeIsolated()
        .whenComplete { _ in context.close(promise: nil) }
    }
  }

  extension HTTP1AbortHandler {
    /// Adds a handler to an HTTP/1 pipeline that has none.
    static func add(to pipeline: ChannelPipeline.SynchronousOperations) {
      guard (try? pipeline.handler(type: HTTP1AbortHandler.self)) == nil else { return }
      try? pipeline.addHandler(HTTP1AbortHandler(), position: .first)
    }

    /// Breaks off a channel, on its event loop; closing an HTTP/2 stream resets it.
    ///
    /// - Parameters:
    ///   - channel: The connection's channel, or the stream's.
    ///   - framing: The framing of a message that has begun; nil if none has.
    static func breakOff(_ channel: any Channel, framing: MessageFraming?) {
      let pipeline = channel.pipeline.syncOperations
      guard let handler = try? pipeline.handler(type: HTTP1AbortHandler.self) else {
        return channel.close(promise: nil)
      }
      handler.breakOff(isReset: framing?.isEndedByClose == true)
    }
  }

  extension ChannelHandlerContext {
    /// Closes our side at once, and the connection when the client closes its own (RFC 9112 §9.6).
    ///
    /// A client that doesn't close in time is disconnected; see ``LingeringClose``.
    func closeAfterEnd() {
      let handler = try? pipeline.syncOperations.handler(type: HTTP1AbortHandler.self)
      guard handler?.isLingering != true else { return }
      guard handler?.isGivenUp != true else { return close(promise: nil) }
      handler?.beginLingering()
      close(mode: .output, promise: nil)
    }
  }

  /// The C library's `struct linger`: closing discards unsent bytes and resets the connection.
  private struct Linger: Sendable {
    var isOn: CInt = 1
    var seconds: CInt = 0
  }
#endif
