#if NIO
  import HTTPOutputBuffering
  import NIOCore

  extension Channel {
    /// Bytes that have been written and that the socket hasn't taken; 0 where there is no socket to ask.
    var unsentByteCount: Int {
      // Other channels trap at options that they don't know.
      guard self is any SocketOptionProvider else { return 0 }
      return (try? syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    /// What the client has taken, on the event loop.
    ///
    /// The socket takes about a megabyte at a time. What of that the client has is known to the kernel
    /// alone.
    var progress: TransportProgress {
      TransportProgress(
        acknowledgedByteCount: acknowledgedByteCount, unsentByteCount: unsentByteCount)
    }

    /// Bytes that have been written and that the client hasn't taken, but for a constant: while nothing
    /// is written it becomes less with whatever the client takes.
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
      // On the event loop it is there at once. A socket of another family has no such option.
      information.assumeIsolated().whenSuccess { count = $0.acknowledgedByteCount }
      return count
    }
  }
#endif
