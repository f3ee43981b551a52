import Logging
import Metrics
import Synchronization

extension AfterResponseService {
  /// Waits for running work to end, up to the deadline, and then cancels the rest.
  ///
  /// Call it when the server has ended. The shutdown begins if it hasn't, and the deadline counts
  /// from its beginning. No more work is admitted. The call returns when all work has ended, or
  /// when cancelled work hasn't ended within its deadline. Cancelled work is logged by name, or
  /// kept: see ``init(settings:logger:keepingUnfinished:)``. If the caller's task is cancelled, the
  /// work is cancelled at once and has its cancellation deadline.
  public func drain() async {
    beginShutdown()
    let (running, start) = state.withLock { state in
      state.isDraining = true
      state.isOwned = true
      return (state.works, state.shutdownStart ?? .now)
    }
    if !running.isEmpty { await end(running, since: start) }
    // A separate task, so that the application has its time even if this task is cancelled.
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
    for works in releasedWorks { works.shutDown() }
    // A separate task, so that cancelled work has its time even if this task is cancelled.
    guard
      await Task(operation: { await waitUntilEmpty(within: settings.cancellationDeadline) }).value
    else {
      let left = state.withLock { Array($0.works.values) }.flatMap(\.names).sorted()
      logger.error(
        "abandoned work that continued after its cancellation",
        metadata: ["work": "\(Self.summary(of: left))"])
      return releasedWorks.forEach { $0.abandon() }
    }
  }

  /// Summarizes names for a log line: the first of them, and the number of the others.
  static func summary(of names: [String], limit: Int = 10) -> String {
    let shown = names.prefix(limit).joined(separator: ", ")
    return names.count > limit ? "\(shown) and \(names.count - limit) more" : shown
  }

  /// Logs the names of cancelled work, and counts it.
  func report(cancelled names: [String]) {
    for name in names {
      logger.warning("work after a response was cancelled", metadata: ["work": "\(name)"])
    }
    cancelled.increment(by: names.count)
  }

  /// Marks all work as cancelled, including later work, which is cancelled when it begins.
  ///
  /// - Returns: The work that wasn't cancelled before.
  private func cancelAll() -> [Work] {
    state.withLock { state in
      state.isCancelling = true
      let running = state.works.values.filter { !$0.isCancelled }
      for id in state.works.keys { state.works[id]?.isCancelled = true }
      return running
    }
  }

  /// Waits until all work has ended, the time is up, or this task is cancelled.
  private func waitUntilEmpty(within deadline: Duration) async -> Bool {
    await wait(in: \.emptyWaiters, within: deadline) { $0.works.isEmpty }
    return state.withLock(\.works.isEmpty)
  }

  /// Waits until the task is taken from a list, the time is up, or the task is cancelled.
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
