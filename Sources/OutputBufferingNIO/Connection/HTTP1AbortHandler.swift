#if NIO
  import HTTPOutputBuffering
  import NIOCore

  /// Ends connections so that the client can tell an abort from a regular close.
  ///
  /// ``find(in:)`` adds it when a connection ends, as the first handler of its pipeline: below TLS,
  /// whose close_notify would claim that everything has been sent.
  final class HTTP1AbortHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any
    typealias InboundOut = Any

    private var context: ChannelHandlerContext?
    private var linger: LingeringClose?
    /// Whether a close no longer waits for the client to close its side.
    fileprivate private(set) var isGivenUp = false

    /// Whether our side is closed and the client's isn't yet.
    fileprivate var isLingering: Bool { linger != nil }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
      linger?.cancel()
      // It retains the context, which retains this handler.
      linger = nil
      self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
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
    fileprivate func beginLingering() {
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
      guard isReset, let isSet = context.channel.setResetAtClose(true) else {
        return context.close(promise: nil)
      }
      isSet.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
    }
  }

  extension HTTP1AbortHandler {
    /// Returns the pipeline's handler, adding one if needed; nil if the pipeline isn't that of a
    /// guarded HTTP/1 connection.
    static func find(in pipeline: ChannelPipeline.SynchronousOperations) -> HTTP1AbortHandler? {
      if let present = present(in: pipeline) { return present }
      let added = HTTP1AbortHandler()
      guard (try? pipeline.context(handlerType: HTTP1ContentGuard.self)) != nil,
        (try? pipeline.addHandler(added, position: .first)) != nil
      else { return nil }
      return added
    }

    /// Whether our side of a connection is closed and the client's isn't yet.
    static func isLingering(in pipeline: ChannelPipeline.SynchronousOperations) -> Bool {
      present(in: pipeline)?.isLingering == true
    }

    private static func present(
      in pipeline: ChannelPipeline.SynchronousOperations
    ) -> HTTP1AbortHandler? {
      try? pipeline.handler(type: HTTP1AbortHandler.self)
    }

    /// Breaks off a channel, on its event loop; closing an HTTP/2 stream resets it.
    ///
    /// - Parameters:
    ///   - channel: The connection's channel, or the stream's.
    ///   - framing: The framing of a message that has begun; nil if none has. An orderly close would
    ///     complete one of ``MessageFraming/connectionClose``.
    static func breakOff(_ channel: any Channel, framing: MessageFraming?) {
      guard let handler = find(in: channel.pipeline.syncOperations) else {
        return channel.close(promise: nil)
      }
      handler.breakOff(isReset: framing == .connectionClose)
    }
  }

  extension ChannelHandlerContext {
    /// Closes our side at once, and the connection when the client closes its own (RFC 9112 §9.6).
    ///
    /// A client that doesn't close in time is disconnected; see ``LingeringClose``.
    func closeAfterEnd() {
      let handler = HTTP1AbortHandler.find(in: pipeline.syncOperations)
      guard handler?.isLingering != true else { return }
      guard handler?.isGivenUp != true else { return close(promise: nil) }
      handler?.beginLingering()
      close(mode: .output, promise: nil)
    }
  }

  extension Channel {
    /// Sets whether closing the socket discards unsent bytes and resets the connection.
    ///
    /// - Returns: A future of the setting; nil if the channel has no socket.
    @discardableResult
    func setResetAtClose(_ isOn: Bool) -> EventLoopFuture<Void>? {
      (self as? any SocketOptionProvider)?
        .unsafeSetSocketOption(
          level: .socket, name: .so_linger, value: Linger(isOn: isOn ? 1 : 0))
    }
  }

  /// The C library's `struct linger`.
  private struct Linger: Sendable {
    var isOn: CInt
    var seconds: CInt = 0
  }
#endif
