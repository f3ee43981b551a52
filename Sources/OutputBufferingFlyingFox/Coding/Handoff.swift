#if FlyingFox
  import Synchronization

  /// Hands values from one task to another, one at a time; the giver waits until its value is asked for
  /// again.
  final class Handoff<Value: Sendable>: Sendable {
    private struct State {
      var value: Value?
      var isClosed = false
      var giver: CheckedContinuation<Bool, Never>?
      var taker: CheckedContinuation<Value?, Never>?
      var generation = 0
    }

    private let state = Mutex(State())

    /// Gives a value and waits until the taker is done with it.
    ///
    /// - Throws: `CancellationError` when nobody takes values any more.
    func give(_ value: sending Value) async throws {
      let isTaken = await withCheckedContinuation { giver in
        let (taker, isClosed) = state.withLock {
          state -> (CheckedContinuation<Value?, Never>?, Bool) in
          if state.isClosed { return (nil, true) }
          state.giver = giver
          defer { state.taker = nil }
          if state.taker == nil { state.value = value }
          return (state.taker, false)
        }
        if isClosed { giver.resume(returning: false) }
        taker?.resume(returning: value)
      }
      guard isTaken else { throw CancellationError() }
    }

    /// Takes the next value.
    ///
    /// - Parameter limit: How long to wait for it; nil for as long as it takes.
    /// - Returns: The value; nil if none came in time.
    func take(within limit: Duration?) async -> Value? {
      let giver = state.withLock { state -> CheckedContinuation<Bool, Never>? in
        // A value that waits has not been taken: its giver goes on waiting.
        guard state.value == nil else { return nil }
        defer { state.giver = nil }
        return state.giver
      }
      giver?.resume(returning: true)
      return await withCheckedContinuation { taker in
        let (value, generation) = state.withLock { state -> (Value?, Int) in
          state.generation += 1
          if let value = state.value {
            state.value = nil
            return (value, state.generation)
          }
          state.taker = taker
          return (nil, state.generation)
        }
        if let value { return taker.resume(returning: value) }
        if let limit { timeOut(generation, after: limit) }
      }
    }

    /// Nobody takes values any more.
    func close() {
      let giver = state.withLock { state in
        state.isClosed = true
        state.value = nil
        defer { state.giver = nil }
        return state.giver
      }
      giver?.resume(returning: false)
    }

    private func timeOut(_ generation: Int, after limit: Duration) {
      Task {
        try? await Task.sleep(for: limit)
        let taker = state.withLock { state -> CheckedContinuation<Value?, Never>? in
          guard state.generation == generation else { return nil }
          defer { state.taker = nil }
          return state.taker
        }
        taker?.resume(returning: nil)
      }
    }
  }
#endif
