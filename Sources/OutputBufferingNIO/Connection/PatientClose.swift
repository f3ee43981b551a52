#if NIO
  package import NIOCore

  /// Lets a close wait until the client has taken what was written before it, as long as it takes something.
  package final class PatientClose {
    private let channel: any Channel
    private var action: (() -> Void)?
    private var timer: Scheduled<Void>?
    private var unsentByteCount = Int.max

    private init(channel: any Channel, action: @escaping () -> Void) {
      self.channel = channel
      self.action = action
    }

    /// Closes when writes are in the socket, or when the client has taken nothing of them for
    /// ``NIOCore/ChannelHandlerContext/lingerTime``; on the channel's event loop.
    ///
    /// - Parameters:
    ///   - written: The last of the writes.
    ///   - channel: The channel.
    ///   - action: Closes it; called once.
    package static func close(
      behind written: EventLoopFuture<Void>, on channel: any Channel,
      by action: @escaping () -> Void
    ) {
      let close = PatientClose(channel: channel, action: action)
      written.assumeIsolated().whenComplete { _ in close.end() }
      if close.action != nil { close.watch() }
    }

    private func watch() {
      let left = channel.unsentByteCount
      guard left < unsentByteCount else { return end() }
      unsentByteCount = left
      timer = channel.eventLoop.assumeIsolated().scheduleTask(
        in: ChannelHandlerContext.lingerTime
      ) { [self] in watch() }
    }

    private func end() {
      timer?.cancel()
      timer = nil
      action.take()?()
    }
  }

  extension Channel {
    /// Bytes that have been written and that the socket hasn't taken; 0 where there is no socket to ask.
    var unsentByteCount: Int {
      // Other channels trap at options that they don't know.
      guard self is any SocketOptionProvider else { return 0 }
      return (try? syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
  }

  @available(*, unavailable)
  extension PatientClose: Sendable {}
#endif
