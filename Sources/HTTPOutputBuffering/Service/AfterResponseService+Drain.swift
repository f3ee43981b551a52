import Logging
import Metrics
import Synchronization

extension AfterResponseService {
  /// Lets running work end, up to the deadline, then cancels what is left.
  ///
  /// From now on no work is admitted. Returns when no work is left, or when cancelled work has not ended
  /// within its deadline. What was cancelled is logged by name.
  public func drain() async {
    let running = state.withLock { state in
      state.isDraining = true
      return state.works.count
    }
    guard running > 0 else { return }
    logger.info("waiting for work after responses", metadata: ["count": "\(running)"])
    if await isEmpty(within: settings.drainDeadline) {
      return Counter(label: "output_buffering_after_response_drained").increment(by: running)
    }
    let cancelled = state.withLock { Array($0.works.values) }
    for work in cancelled {
      logger.warning("work after a response was cancelled", metadata: ["work": "\(work.name)"])
      work.task?.cancel()
    }
    Counter(label: "output_buffering_after_response_drained").increment(
      by: max(0, running - cancelled.count))
    Counter(label: "output_buffering_after_response_cancelled").increment(by: cancelled.count)
    guard await isEmpty(within: settings.cancellationDeadline) else {
      let left = state.withLock { $0.works.values.map(\.name).sorted() }
      return logger.error(
        "work after responses ignores its cancellation",
        metadata: ["work": "\(left.joined(separator: ", "))"])
    }
  }

  /// Waits until no work is left.
  private func isEmpty(within deadline: Duration) async -> Bool {
    let timer = Task { [weak self] in
      // Also when the drain itself is cancelled, nobody is left waiting.
      try? await Task.sleep(for: deadline)
      self?.wakeEmptyWaiters()
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { waiter in
        let isEmpty = state.withLock { state in
          if !state.works.isEmpty { state.emptyWaiters.append(waiter) }
          return state.works.isEmpty
        }
        if isEmpty { waiter.resume() }
      }
    } onCancel: {
      timer.cancel()
    }
    timer.cancel()
    return state.withLock { $0.works.isEmpty }
  }

  private func wakeEmptyWaiters() {
    let waiters = state.withLock { state in
      defer { state.emptyWaiters = [] }
      return state.emptyWaiters
    }
    for waiter in waiters { waiter.resume() }
  }
}
