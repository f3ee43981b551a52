import Synchronization

/// Hands values from any number of tasks to another, one at a time; a giver waits until the taker
/// asks for the next value.
package final class Handoff<Value: Sendable>: Sendable {
  /// The result of taking a value.
  package enum Taken: Sendable {
    case value(Value)
    case timedOut
    case closed
  }

  private struct State {
    /// The giver of the value that the taker has.
    var giver: CheckedContinuation<Bool, Never>?
    /// The values that the taker doesn't have yet, in order.
    var waiting: [(value: Value, giver: CheckedContinuation<Bool, Never>)] = []
    var isClosed = false
    /// Whether values given after the close are discarded as if they had been taken.
    var discardsValues = false
    var taker: CheckedContinuation<Taken, Never>?
    var timer: Task<Void, Never>?
    var generation = 0

    mutating func takeTaker() -> CheckedContinuation<Taken, Never>? {
      timer?.cancel()
      timer = nil
      defer { taker = nil }
      return taker
    }
  }

  private let state = Mutex(State())

  package init() {}

  /// Gives a value and waits until the taker is done with it.
  ///
  /// - Throws: `CancellationError` after the close, unless values are discarded.
  package func give(_ value: Value) async throws {
    let isTaken = await withCheckedContinuation { giver in
      let (taker, answer) = state.withLock {
        state -> (CheckedContinuation<Taken, Never>?, Bool?) in
        if state.isClosed { return (nil, state.discardsValues) }
        guard let taker = state.takeTaker() else {
          state.waiting.append((value, giver))
          return (nil, nil)
        }
        state.giver = giver
        return (taker, nil)
      }
      if let answer { giver.resume(returning: answer) }
      taker?.resume(returning: .value(value))
    }
    guard isTaken else { throw CancellationError() }
  }

  /// Takes the next value, and resumes the giver of the previous one.
  ///
  /// - Parameter limit: The maximum wait; nil for no limit.
  /// - Returns: The value, or the reason why there is none.
  package func take(within limit: Duration?) async -> Taken {
    let giver = state.withLock { $0.giver.take() }
    giver?.resume(returning: true)
    return await withCheckedContinuation { taker in
      let (taken, generation) = state.withLock { state -> (Taken?, Int) in
        state.generation += 1
        if state.isClosed { return (.closed, state.generation) }
        guard !state.waiting.isEmpty else {
          state.taker = taker
          return (nil, state.generation)
        }
        let next = state.waiting.removeFirst()
        state.giver = next.giver
        return (.value(next.value), state.generation)
      }
      if let taken { return taker.resume(returning: taken) }
      if let limit { startTimer(generation, limit) }
    }
  }

  /// Closes the handoff and resumes both sides.
  ///
  /// Only the first call has an effect.
  ///
  /// - Parameter discardingValues: Whether later values are discarded, instead of failing the
  ///   giver.
  package func close(discardingValues: Bool = false) {
    let (givers, taker) = state.withLock { state in
      if !state.isClosed { state.discardsValues = discardingValues }
      state.isClosed = true
      let givers = [state.giver.take()].compactMap(\.self) + state.waiting.map(\.giver)
      state.waiting = []
      return (givers, state.takeTaker())
    }
    for giver in givers { giver.resume(returning: discardingValues) }
    taker?.resume(returning: .closed)
  }

  private func startTimer(_ generation: Int, _ limit: Duration) {
    let deadline = ContinuousClock.now + limit.boundedForSleep
    let timer = Task { [weak self] in
      while ContinuousClock.now < deadline {
        let end = min(deadline, .now + .longestSleep)
        guard (try? await Task.sleep(until: end)) != nil else { return }
      }
      self?.timeOut(generation)
    }
    let isDue = state.withLock { state in
      let isDue = state.generation == generation && state.taker != nil
      if isDue { state.timer = timer }
      return isDue
    }
    if !isDue { timer.cancel() }
  }

  private func timeOut(_ generation: Int) {
    let taker = state.withLock { state in
      state.generation == generation ? state.takeTaker() : nil
    }
    taker?.resume(returning: .timedOut)
  }
}
