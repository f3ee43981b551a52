#if NIO
  import HTTPOutputBuffering
  import NIOCore

  /// Ends connections so that the client can tell how: breaks them off, or closes them after what was written.
  ///
  /// It is the first handler of its pipeline, below TLS, which would say by its close_notify that all has
  /// been sent.
  final class HTTP1BreakHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any
    typealias InboundOut = Any

    private var context: ChannelHandlerContext?
    private var linger: LingeringClose?
    /// How often the client has sent something.
    private(set) var readCount = 0

    /// Whether our side is closed, and the client's is waited for.
    var isLingering: Bool { linger != nil }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
      linger?.cancel()
      // It has the context, and that this handler.
      linger = nil
      self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      readCount &+= 1
      // After the last response nothing is processed.
      if let linger { return linger.hasRead() }
      context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
      // Handlers above may have stopped reading, as back-pressure does.
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

    /// Reads and discards what the client still sends, until it closes its side, is silent, or takes too long.
    func beginLingering() {
      guard let context, linger == nil else { return }
      linger = LingeringClose(context)
      context.read()
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

  extension HTTP1BreakHandler {
    /// Adds a handler to a pipeline of HTTP/1 that has none.
    static func add(to pipeline: ChannelPipeline.SynchronousOperations) {
      guard (try? pipeline.handler(type: HTTP1BreakHandler.self)) == nil else { return }
      try? pipeline.addHandler(HTTP1BreakHandler(), position: .first)
    }

    /// Breaks a channel off, on its event loop; a stream of HTTP/2 is reset by closing it.
    ///
    /// - Parameters:
    ///   - channel: The connection's channel, or the stream's.
    ///   - framing: The framing of a message that has begun; nil where none has.
    static func breakOff(_ channel: any Channel, framing: MessageFraming?) {
      let pipeline = channel.pipeline.syncOperations
      guard let handler = try? pipeline.handler(type: HTTP1BreakHandler.self) else {
        return channel.close(promise: nil)
      }
      handler.breakOff(isReset: framing?.isEndedByClose == true)
    }
  }

  extension ChannelHandlerContext {
    /// Closes our side at once, and the connection when the client has closed its own or lingers
    /// (RFC 9112 §9.6).
    func closeBehindEnd() {
      let handler = try? pipeline.syncOperations.handler(type: HTTP1BreakHandler.self)
      guard handler?.isLingering != true else { return }
      handler?.beginLingering()
      close(mode: .output, promise: nil)
    }
  }

  /// The C library's `struct linger`: closing discards what is unsent and resets the connection.
  private struct Linger: Sendable {
    var isOn: CInt = 1
    var seconds: CInt = 0
  }
#endif
