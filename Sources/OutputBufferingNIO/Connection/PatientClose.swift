#if NIO
  import NIOCore

  /// Lets a close wait until the client has taken what was written before it, as long as it takes something.
  final class PatientClose {
    /// How long a client may take nothing of what goes out before a close.
    ///
    /// The socket says what the kernel has taken, which takes about a megabyte at a time: of a client that
    /// reads 50 KB/s it says nothing for 28 s.
    static var stallTime: TimeAmount { .seconds(30) }

    private let eventLoop: any EventLoop
    private let limit: TimeAmount
    /// Changes as the client takes something.
    private let progress: () -> Int
    private var action: ((Bool) -> Void)?
    private var timer: Scheduled<Void>?

    /// Waits for writes, if there is anything to wait for; on the event loop.
    ///
    /// - Parameters:
    ///   - written: The last of the writes; where it is done already the initialiser fails.
    ///   - limit: How long the client may take nothing.
    ///   - progress: Changes as the client takes something.
    ///   - action: Closes; called once, later, with whether the writes are done.
    init?(
      behind written: EventLoopFuture<Void>, within limit: TimeAmount,
      watching progress: @escaping () -> Int, closing action: @escaping (Bool) -> Void
    ) {
      self.eventLoop = written.eventLoop
      self.limit = limit
      self.progress = progress
      var isWaiting = true
      written.assumeIsolated().whenComplete { [self] _ in
        isWaiting = false
        end(isDone: true)
      }
      guard isWaiting else { return nil }
      self.action = action
      watch()
    }

    /// Closes now.
    func giveUp() {
      end(isDone: false)
    }

    private func watch() {
      let seen = progress()
      timer = eventLoop.assumeIsolated().scheduleTask(in: limit) { [self] in
        if progress() == seen { giveUp() } else { watch() }
      }
    }

    private func end(isDone: Bool) {
      timer?.cancel()
      timer = nil
      action.take()?(isDone)
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
