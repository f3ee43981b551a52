import Logging
import Metrics
import Synchronization

extension AfterResponseService {
  /// Lets running work end, up to the deadline, then cancels what is left.
  ///
  /// To be called when the server has ended. The shutdown begins, if it hasn't, and its beginning
  /// is what the deadline counts from. From now on no work is admitted. Returns when no work is
  /// left, or when cancelled work has not ended within its deadline. What was cancelled is logged
  /// by name, or kept: see ``init(settings:logger:keepingUnfinished:)``. When the caller's task is
  /// cancelled, the work is cancelled at once and has its cancellation deadline.
  public func drain() async {
    beginShutdown()
    let (running, start) = state.withLock { state in
      state.isDraining = true
      state.isOwned = true
      return (state.works, state.shutdownStart ?? .now)
    }
    if !running.isEmpty { await end(running, since: start) }
    // A task of its own: the application has its time also when this task is cancelled.
    await Task { await handOverUnfinished() }.value
  }

  /// Waits for work, up to its deadlines.
  private func end(_ running: [UInt64: Work], since start: ContinuousClock.Instant) async {
    let names = running.sorted { $0.key < $1.key }.flatMap(\.value.names)
    logger.info(
      "waiting for work after responses",
      metadata: ["count": "\(names.count)", "work": "\(Self.summary(of: names))"])
    let deadline = start + settings.drainDeadline.boundedForSleep
    if await waitUntilEmpty(within: max(.zero, deadline - .now)) { return }
    let cancelled = cancelAll()
    report(cancelled: cancelled.flatMap(\.cancelledNames))
    for work in cancelled { work.cancel() }
    shutDownWork()
    // A task of its own: cancelled work has its time also when this task is cancelled.
    guard
      await Task(operation: { await waitUntilEmpty(within: settings.cancellationDeadline) }).value
    else {
      let left = state.withLock { Array($0.works.values) }.flatMap(\.names).sorted()
      logger.error(
        "work after responses ignores its cancellation",
        metadata: ["work": "\(Self.summary(of: left))"])
      return abandonWork()
    }
  }

  /// Names for a log line: the first of them, and how many more there are.
  static func summary(of names: [String], limit: Int = 10) -> String {
    let shown = names.prefix(limit).joined(separator: ", ")
    return names.count > limit ? "\(shown) and \(names.count - limit) more" : shown
  }

  /// What was cancelled is logged by name, and counted.
  func report(cancelled names: [String]) {
    for name in names {
      logger.warning("work after a response was cancelled", metadata: ["work": "\(name)"])
    }
    cancelled.increment(by: names.count)
  }

  /// Marks all work as cancelled, also what is still to come; what has not begun is cancelled
  /// when it does.
  ///
  /// - Returns: What was not cancelled before.
  private func cancelAll() -> [Work] {
    state.withLock { state in
      state.isCancelling = true
      let running = state.works.values.filter { !$0.isCancelled }
      for id in state.works.keys { state.works[id]?.isCancelled = true }
      return running
    }
  }

  /// Waits until no work is left, the time is up, or this task is cancelled.
  private func waitUntilEmpty(within deadline: Duration) async -> Bool {
    await wait(in: \.emptyWaiters, within: deadline) { $0.works.isEmpty }
    return state.withLock(\.works.isEmpty)
  }

  /// Waits until the task is taken from a list, the time is over, or the task is cancelled.
  func wait(
    in list: any WritableKeyPath<State, WaiterList> & Sendable, for key: ObjectIdentifier? = nil,
    within limit: Duration? = nil, unless isDue: @Sendable (borrowing State) -> Bool
  ) async {
    var timer: UInt64?
    await state.wait(in: list, for: key, unless: isDue) { number in
      guard let limit else { return }
      timer = timers.add(limit) { [weak self] _ in
        self?.state.withLock { $0[keyPath: list].take(number) }.resume()
      }
    }
    if let timer { timers.remove(timer) }
  }
}
