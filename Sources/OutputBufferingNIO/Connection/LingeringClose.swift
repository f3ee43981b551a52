#if NIO
  #if canImport(Darwin)
    import Darwin
  #elseif canImport(Musl)
    import Musl
  #else
    import Glibc
  #endif
  import NIOCore
  import NIOPosix

  /// Closes a connection, whose sending side is closed already, after giving the client time to
  /// close its own side.
  ///
  /// Closing a socket that has unread bytes, or that still receives some, resets the connection,
  /// and the client loses what it hasn't received of the response (RFC 9112 §9.6).
  final class LingeringClose {
    /// How long the client may send nothing.
    static var silentTime: TimeAmount { .seconds(2) }
    /// The total time it may take.
    static var longestTime: TimeAmount { .seconds(15) }

    private let context: ChannelHandlerContext
    private let deadline = NIODeadline.now() + longestTime
    private var lastRead = NIODeadline.now()
    private var timer: Scheduled<Void>?

    /// - Parameter context: The context of the first handler, which closes below TLS.
    init(_ context: ChannelHandlerContext) {
      self.context = context
      wait()
    }

    /// Records that the client has sent something.
    func hasRead() {
      lastRead = .now()
    }

    func cancel() {
      timer?.cancel()
      timer = nil
    }

    private func wait() {
      let end = min(lastRead + Self.silentTime, deadline)
      timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: end) { [self] in
        let now = NIODeadline.now()
        guard now < lastRead + Self.silentTime, now < deadline else {
          return context.close(promise: nil)
        }
        wait()
      }
    }
  }

  extension Channel {
    /// Whether the socket has unread bytes; call it on the event loop.
    var hasUnreadBytes: Bool {
      let result = try? pipeline.syncOperations.withUnsafeTransportIfAvailable(
        of: NIOBSDSocket.Handle.self
      ) { socket in
        var byte: UInt8 = 0
        return unsafe recv(socket, &byte, 1, CInt(MSG_PEEK) | CInt(MSG_DONTWAIT)) > 0
      }
      return result == true
    }
  }

  @available(*, unavailable)
  extension LingeringClose: Sendable {}
#endif
