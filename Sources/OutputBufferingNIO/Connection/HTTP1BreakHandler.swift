#if NIO
  import HTTPOutputBuffering
  import NIOCore

  /// Breaks connections off so that the client can tell.
  ///
  /// It is the first handler of its pipeline, below TLS, which would say by its close_notify that all has
  /// been sent.
  final class HTTP1BreakHandler: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = Any

    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

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
    /// How long a client may take to close its side behind ours (RFC 9112 §9.6).
    static var lingerTime: TimeAmount { .seconds(2) }

    /// Closes our side at once, and the connection when the client has closed its own or lingers.
    func closeBehindEnd() {
      close(mode: .output, promise: nil)
      let channel = channel
      let lingering = eventLoop.scheduleTask(in: Self.lingerTime) { channel.close(promise: nil) }
      channel.closeFuture.whenComplete { _ in lingering.cancel() }
    }
  }

  /// The C library's `struct linger`: closing discards what is unsent and resets the connection.
  private struct Linger: Sendable {
    var isOn: CInt = 1
    var seconds: CInt = 0
  }
#endif
