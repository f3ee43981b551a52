import Synchronization

/// Tells responses that their time is up: one sleeping task for all of them.
///
/// A task that sleeps for each would stay behind until its deadline, although its response has ended long
/// before: cancelling `Task.sleep` leaves its wake-up where it is queued.
final class TimeLimits: Sendable {
  private struct Entry {
    var deadline: ContinuousClock.Instant
    var action: @Sendable () -> Void
  }

  private struct State {
    var nextID: UInt64 = 0
    var entries: [UInt64: Entry] = [:]
    /// Tells a sleep that is over from one that was replaced by a shorter one.
    var wakeCount: UInt64 = 0
    var wake: (at: ContinuousClock.Instant, sleeper: Task<Void, Never>)?
  }

  /// However many limits run out one shortly after the other, looking for them takes little: a limit is
  /// kept as exactly as this.
  private static let shortestSleep = Duration.milliseconds(10)

  private let state = Mutex(State())

  /// Calls an action when a time is over.
  ///
  /// - Parameters:
  ///   - limit: The time from now on.
  ///   - action: Called once, from a task of its own, unless it is removed before; it gets the identifier.
  /// - Returns: What ``remove(_:)`` takes.
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

  /// Forgets an action; does nothing when it has been called.
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
    // Detached: it outlives the response that happens to start it, and has nothing of its context.
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
  /// Long sleeps are made of sleeps of this length: what a cancelled one leaves behind is gone after it.
  static var longestSleep: Duration { .seconds(10) }

  /// The duration where it can be slept for, and where not the nearest that can.
  ///
  /// A clock's instants overflow long after the longest, a hundred years.
  package var boundedForSleep: Duration {
    min(max(self, .zero), .seconds(100 * 365 * 24 * 60 * 60))
  }
}
