import Synchronization

/// Hands values from one task to another, one at a time; the giver waits until the taker asks for
/// the next one.
package final class Handoff<Value: Sendable>: Sendable {
  /// The result of taking a value.
  package enum Taken: Sendable {
    case value(Value)
    case timedOut
    case closed
  }

  private struct State {
    var value: Value?
    var isClosed = false
    /// Whether values given after the close are discarded as if they had been taken.
    var discardsValues = false
    var giver: CheckedContinuation<Bool, Never>?
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
        state.giver = giver
        if state.taker == nil { state.value = value }
        return (state.takeTaker(), nil)
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
    let giver = state.withLock { state -> CheckedContinuation<Bool, Never>? in
      guard state.value == nil else { return nil }
      defer { state.giver = nil }
      return state.giver
    }
    giver?.resume(returning: true)
    return await withCheckedContinuation { taker in
      let (taken, generation) = state.withLock { state -> (Taken?, Int) in
        state.generation += 1
        if state.isClosed { return (.closed, state.generation) }
        if let value = state.value {
          state.value = nil
          return (.value(value), state.generation)
        }
        state.taker = taker
        return (nil, state.generation)
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
    let (giver, taker) = state.withLock { state in
      if !state.isClosed { state.discardsValues = discardingValues }
      state.isClosed = true
      state.value = nil
      defer { state.giver = nil }
      return (state.giver, state.takeTaker())
    }
    giver?.resume(returning: discardingValues)
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
