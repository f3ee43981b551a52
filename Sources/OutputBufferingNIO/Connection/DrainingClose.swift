#if NIO
  import NIOCore

  /// Delays a close until the client has taken all earlier writes, as long as it makes progress.
  final class DrainingClose {
    /// How long a client may take nothing of what is sent before a close.
    ///
    /// If the kernel doesn't report what the client has acknowledged, the socket reports what the
    /// kernel has accepted, which is about a megabyte at a time. For a client that reads 50 KB/s,
    /// that shows no progress for 28 s.
    static var stallTime: TimeAmount { .seconds(30) }

    /// The total time a close may wait for a client that takes a little now and then.
    static var longestTime: TimeAmount { .minutes(10) }

    private let eventLoop: any EventLoop
    private let limit: TimeAmount
    private let deadline: NIODeadline
    /// Returns what is left to be taken; any new minimum is progress.
    private var left: (() -> Int)?
    private var least = Int.max
    private var action: ((Bool) -> Void)?
    private var timer: Scheduled<Void>?

    /// Waits for writes, on the event loop; fails if there is nothing to wait for.
    ///
    /// - Parameters:
    ///   - written: The last of the writes. If it is already complete, the initializer fails.
    ///   - limit: How long the client may take nothing.
    ///   - total: The total time the client may take.
    ///   - left: Returns what is left to be taken, in any measure; a decrease is progress.
    ///   - action: Closes. It is called once, later, with whether the writes were completed.
    init?(
      after written: EventLoopFuture<Void>, within limit: TimeAmount,
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

    /// Closes at once.
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
    /// Returns a promise on this event loop that completes the given one, if any.
    func promise(answering promise: EventLoopPromise<Void>?) -> EventLoopPromise<Void> {
      if let promise, promise.futureResult.eventLoop === eventLoop { return promise }
      let own = eventLoop.makePromise(of: Void.self)
      own.futureResult.cascade(to: promise)
      return own
    }
  }

  @available(*, unavailable)
  extension DrainingClose: Sendable {}
#endif
