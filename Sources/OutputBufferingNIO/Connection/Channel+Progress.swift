#if NIO
  import HTTPOutputBuffering
  import NIOCore

  extension Channel {
    /// The number of written bytes that the socket hasn't accepted; 0 without a socket.
    var unsentByteCount: Int {
      // Other channels trap on unknown options.
      guard self is any SocketOptionProvider else { return 0 }
      return (try? syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    /// How much the client has taken, on the event loop.
    ///
    /// The socket accepts about a megabyte at a time. Only the kernel knows how much of that the
    /// client has received.
    var progress: TransportProgress {
      TransportProgress(
        acknowledgedByteCount: acknowledgedByteCount, unsentByteCount: unsentByteCount)
    }

    /// The number of written bytes that the client hasn't taken, up to a constant offset.
    ///
    /// While nothing is written, the value decreases by whatever the client takes.
    var untakenByteCount: Int {
      let progress = progress
      return progress.unsentByteCount - Int(clamping: progress.acknowledgedByteCount)
    }

    private var acknowledgedByteCount: UInt64 {
      guard let name = TCPInformation.socketOption,
        let socket = self as? any SocketOptionProvider
      else { return 0 }
      var count: UInt64 = 0
      let information: EventLoopFuture<TCPInformation> = socket.unsafeGetSocketOption(
        level: .tcp, name: NIOBSDSocket.Option(rawValue: name))
      // On the event loop the result is available at once. Sockets of other families lack this
      // option.
      information.assumeIsolated().whenSuccess { count = $0.acknowledgedByteCount }
      return count
    }
  }
#endif
