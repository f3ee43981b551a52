#if NIO
  import NIOCore

  /// Lets a close wait until the client has taken what was written before it, as long as it takes something.
  final class PatientClose {
    /// How long a client may take nothing of what goes out before a close.
    ///
    /// Where the kernel doesn't say what the client has acknowledged, the socket says what the kernel has
    /// taken, which takes about a megabyte at a time: of a client that reads 50 KB/s it says nothing for 28 s.
    static var stallTime: TimeAmount { .seconds(30) }

    /// How long a close may wait in all, for a client that takes a little now and then.
    static var longestTime: TimeAmount { .minutes(10) }

    private let eventLoop: any EventLoop
    private let limit: TimeAmount
    private let deadline: NIODeadline
    /// What is left to be taken: less than ever is progress.
    private var left: (() -> Int)?
    private var least = Int.max
    private var action: ((Bool) -> Void)?
    private var timer: Scheduled<Void>?

    /// Waits for writes, if there is anything to wait for; on the event loop.
    ///
    /// - Parameters:
    ///   - written: The last of the writes; where it is done already the initialiser fails.
    ///   - limit: How long the client may take nothing.
    ///   - total: How long it may take in all.
    ///   - left: What is left to be taken, by any measure; it is progress that it becomes less.
    ///   - action: Closes; called once, later, with whether the writes were done.
    init?(
      behind written: EventLoopFuture<Void>, within limit: TimeAmount,
      atMost total: TimeAmount = longestTime,
      watching left: @escaping () -> Int, closing action: @escaping (Bool) -> Void
    ) {
      self.eventLoop = written.eventLoop
      self.limit = limit
      self.deadline = .now() + total
      self.left = left
      var isWaiting = true
      written.assumeIsolated().whenComplete { [self] result in
        isWaiting = false
        end(isDone: (try? result.get()) != nil)
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
      least = min(least, left?() ?? 0)
      timer = eventLoop.assumeIsolated().scheduleTask(in: limit) { [self] in
        let hasProgress = left.map { $0() < least } ?? false
        if hasProgress && NIODeadline.now() < deadline { watch() } else { giveUp() }
      }
    }

    private func end(isDone: Bool) {
      timer?.cancel()
      timer = nil
      left = nil
      action.take()?(isDone)
    }
  }

  extension ChannelHandlerContext {
    /// A promise of this event loop that answers one of whatever event loop, or nobody's.
    func promise(answering promise: EventLoopPromise<Void>?) -> EventLoopPromise<Void> {
      if let promise, promise.futureResult.eventLoop === eventLoop { return promise }
      let own = eventLoop.makePromise(of: Void.self)
      own.futureResult.cascade(to: promise)
      return own
    }
  }

  @available(*, unavailable)
  extension PatientClose: Sendable {}
#endif
