#if NIO
  import HTTPOutputBuffering
  import NIOCore

  /// Looks at a connection, or a stream, while bytes are due that the transport doesn't take, and gives the
  /// client up that takes nothing for too long.
  ///
  /// It belongs to an event loop. There is a timer only while it watches.
  final class StallWatch {
    private var timer: Scheduled<Void>?
    private var meter: StallMeter?

    var isWatching: Bool { timer != nil }

    /// Begins to look, unless that has begun.
    ///
    /// - Parameters:
    ///   - eventLoop: The event loop that it belongs to.
    ///   - limit: How long the client may take nothing; nil for ever.
    ///   - hasProgressed: Says whether the client has taken something since it was asked last.
    ///   - action: Gives the client up; called at most once.
    func start(
      on eventLoop: any EventLoop, within limit: Duration?,
      asking hasProgressed: @escaping () -> Bool, _ action: @escaping () -> Void
    ) {
      guard timer == nil, let limit else { return }
      let meter = StallMeter(limit: limit, now: .now)
      self.meter = meter
      // What was taken before is no progress.
      _ = hasProgressed()
      look(on: eventLoop, in: TimeAmount(meter.interval), hasProgressed, action)
    }

    func stop() {
      timer?.cancel()
      timer = nil
      meter = nil
    }

    private func look(
      on eventLoop: any EventLoop, in interval: TimeAmount,
      _ hasProgressed: @escaping () -> Bool, _ action: @escaping () -> Void
    ) {
      timer = eventLoop.assumeIsolated().scheduleTask(in: interval) { [self] in
        guard meter?.isStalled(hasProgressed: hasProgressed(), now: .now) == true else {
          return look(on: eventLoop, in: interval, hasProgressed, action)
        }
        stop()
        action()
      }
    }
  }

  @available(*, unavailable)
  extension StallWatch: Sendable {}
#endif
