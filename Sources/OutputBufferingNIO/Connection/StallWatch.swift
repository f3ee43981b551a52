#if NIO
  import HTTPOutputBuffering
  import NIOCore

  /// Watches a connection or a stream with pending bytes and gives up a client that stalls.
  ///
  /// A client stalls when it takes nothing for the whole limit. The watch belongs to an event loop,
  /// and runs a timer only while it watches.
  final class StallWatch {
    private var timer: Scheduled<Void>?
    private var meter: StallMeter?

    var isWatching: Bool { timer != nil }

    /// Starts watching, unless it already is.
    ///
    /// - Parameters:
    ///   - eventLoop: The event loop that the watch belongs to.
    ///   - limit: How long the client may take nothing; nil for no limit.
    ///   - hasProgressed: Returns whether the client has taken anything since the last call.
    ///   - action: Gives the client up; called at most once.
    func start(
      on eventLoop: any EventLoop, within limit: Duration?,
      asking hasProgressed: @escaping () -> Bool, _ action: @escaping () -> Void
    ) {
      guard timer == nil, let limit else { return }
      let meter = StallMeter(limit: limit, now: .now)
      self.meter = meter
      // Discard progress made before the watch started.
      _ = hasProgressed()
      look(on: eventLoop, in: TimeAmount(meter.interval), hasProgressed, action)
    }

    func stop() {
      guard let timer else { return }
      timer.cancel()
      self.timer = nil
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
