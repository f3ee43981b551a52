import Synchronization

/// A timer for the time limits of all responses, which uses a single sleeping task.
///
/// A sleeping task for each response would remain until its deadline even if the response had long
/// ended: cancelling `Task.sleep` leaves its wake-up queued.
final class TimeLimits: Sendable {
  private struct Entry {
    var deadline: ContinuousClock.Instant
    var action: @Sendable () -> Void
  }

  private struct State {
    var nextID: UInt64 = 0
    var entries: [UInt64: Entry] = [:]
    /// Distinguishes the current sleep from one that a shorter one has replaced.
    var wakeCount: UInt64 = 0
    var wake: (at: ContinuousClock.Instant, sleeper: Task<Void, Never>)?
  }

  /// The precision of limits, which bounds the work of checking many that run out in quick
  /// succession.
  private static let shortestSleep = Duration.milliseconds(10)

  private let state = Mutex(State())

  /// Calls an action when a time limit has passed.
  ///
  /// - Parameters:
  ///   - limit: The time from now.
  ///   - action: The action, which is called once with the identifier, in its own task, unless it
  ///     is removed before.
  /// - Returns: The identifier for ``remove(_:)``.
  func add(_ limit: Duration, _ action: @escaping @Sendable (UInt64) -> Void) -> UInt64 {
    state.withLock { state in
      state.nextID += 1
      let id = state.nextID
      let deadline = ContinuousClock.now + limit.boundedForSleep
      state.entries[id] = Entry(deadline: deadline) { action(id) }
      scheduleWake(at: deadline, &state)
      return id
    }
  }

  /// Removes an action; has no effect if it has been called.
  func remove(_ id: UInt64) {
    state.withLock { _ = $0.entries.removeValue(forKey: id) }
  }

  private func scheduleWake(at deadline: ContinuousClock.Instant, _ state: inout State) {
    if let wake = state.wake {
      guard deadline < wake.at else { return }
      wake.sleeper.cancel()
    }
    let end = min(deadline, .now + .longestSleep)
    state.wakeCount += 1
    let count = state.wakeCount
    // Detached, because it outlives the response that happens to start it and must not have its
    // context.
    let sleeper = Task.detached { [weak self] in
      guard (try? await ContinuousClock().sleep(until: end)) != nil else { return }
      self?.sweep(count)
    }
    state.wake = (end, sleeper)
  }

  private func sweep(_ count: UInt64) {
    let due = state.withLock { state in
      guard state.wakeCount == count else { return [Entry]() }
      state.wake = nil
      let now = ContinuousClock.now
      let due = state.entries.filter { $0.value.deadline <= now }
      for id in due.keys { state.entries[id] = nil }
      if let next = state.entries.values.map(\.deadline).min() {
        scheduleWake(at: max(next, now + Self.shortestSleep), &state)
      }
      return Array(due.values)
    }
    for entry in due { entry.action() }
  }
}

extension Duration {
  /// The length of the parts into which long sleeps are divided, so that a cancelled one doesn't
  /// remain queued for longer.
  static var longestSleep: Duration { .seconds(10) }

  /// The duration, clamped to those for which a task can sleep.
  ///
  /// The longest is a hundred years, far below the overflow of a clock's instants.
  package var boundedForSleep: Duration {
    min(max(self, .zero), .seconds(100 * 365 * 24 * 60 * 60))
  }
}
