import Logging
import Metrics
import Synchronization

extension AfterResponseService {
  /// Lets running work end, up to the deadline, then cancels what is left.
  ///
  /// To be called when the server has ended. The shutdown begins, if it hasn't, and its beginning is what the
  /// deadline counts from. From now on no work is admitted. Returns when no work is left, or when cancelled
  /// work has not ended within its deadline. What was cancelled is logged by name. When the caller's task is
  /// cancelled, the work is cancelled at once and has its cancellation deadline.
  public func drain() async {
    beginShutdown()
    let (running, start) = state.withLock { state in
      state.isDraining = true
      state.isOwned = true
      return (state.works, state.shutdownStart ?? .now)
    }
    guard !running.isEmpty else { return }
    logger.info(
      "waiting for work after responses",
      metadata: [
        "count": "\(running.count)",
        "work": "\(Self.summary(of: running.sorted { $0.key < $1.key }.map(\.value.name)))",
      ])
    let deadline = start + settings.drainDeadline.boundedForSleep
    if await waitUntilEmpty(within: max(.zero, deadline - .now)) { return }
    let cancelled = cancelAll()
    report(cancelled: cancelled)
    for work in cancelled { work.task?.cancel() }
    // A task of its own: cancelled work has its time also when this task is cancelled.
    guard
      await Task(operation: { await waitUntilEmpty(within: settings.cancellationDeadline) }).value
    else {
      let left = state.withLock { $0.works.values.map(\.name).sorted() }
      return logger.error(
        "work after responses ignores its cancellation",
        metadata: ["work": "\(Self.summary(of: left))"])
    }
  }

  /// Names for a log line: the first of them, and how many more there are.
  static func summary(of names: [String], limit: Int = 10) -> String {
    let shown = names.prefix(limit).joined(separator: ", ")
    return names.count > limit ? "\(shown) and \(names.count - limit) more" : shown
  }

  /// What was cancelled is logged by name, and counted.
  func report(cancelled works: [Work]) {
    for work in works {
      logger.warning("work after a response was cancelled", metadata: ["work": "\(work.name)"])
    }
    cancelled.increment(by: works.count)
  }

  /// Marks all work as cancelled, also what is still to come; what has no task yet is cancelled when it
  /// gets one.
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
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    let timer = Task { [weak self] in
      try? await Task.sleep(for: deadline.boundedForSleep)
      self?.expireWaiter(id)
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { waiter in
        let isDue = state.withLock { state in
          if state.works.isEmpty || state.expiredWaiters.contains(id) { return true }
          state.emptyWaiters[id] = waiter
          return false
        }
        if isDue { waiter.resume() }
      }
    } onCancel: {
      timer.cancel()
    }
    timer.cancel()
    await timer.value
    return state.withLock { state in
      state.expiredWaiters.remove(id)
      return state.works.isEmpty
    }
  }

  private func expireWaiter(_ id: UInt64) {
    let waiter = state.withLock { state in
      state.expiredWaiters.insert(id)
      return state.emptyWaiters.removeValue(forKey: id)
    }
    waiter?.resume()
  }
}
