#if Conformance
  import Synchronization

  /// Lets requests wait for one another: `await` in a script, `POST /signal`.
  ///
  /// A signal resumes all waiting requests or, if there are none, the next one that waits.
  final class Signals: Sendable {
    private static let deadline = Duration.seconds(30)

    private struct State {
      var nextWaiter = 0
      var waiting: [String: [Int: CheckedContinuation<Void, any Error>]] = [:]
      var stored: [String: Int] = [:]
      /// The waiters that were cancelled before they waited.
      var cancelled: Set<Int> = []
    }

    private let state = Mutex(State())

    func send(_ key: String) {
      let waiting = state.withLock { state in
        let waiting = state.waiting.removeValue(forKey: key) ?? [:]
        if waiting.isEmpty { state.stored[key, default: 0] += 1 }
        return waiting.values
      }
      for waiter in waiting { waiter.resume() }
    }

    /// Discards signals that no request has waited for.
    func forget() {
      state.withLock { $0.stored = [:] }
    }

    /// Waits for a signal, up to the deadline.
    ///
    /// - Throws: `CancellationError` if the task is cancelled.
    func wait(for key: String) async throws {
      let id = state.withLock { state in
        state.nextWaiter += 1
        return state.nextWaiter
      }
      let timer = Task {
        guard (try? await Task.sleep(for: Self.deadline)) != nil else { return }
        end(id, key)?.resume()
      }
      defer { timer.cancel() }
      try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { waiter in
          let outcome: Result<Void, any Error>? = state.withLock { state in
            if state.cancelled.remove(id) != nil { return .failure(CancellationError()) }
            if let count = state.stored[key], count > 0 {
              state.stored[key] = count - 1
              return .success(())
            }
            state.waiting[key, default: [:]][id] = waiter
            return nil
          }
          if let outcome { waiter.resume(with: outcome) }
        }
      } onCancel: {
        if let waiter = end(id, key, isCancelled: true) {
          waiter.resume(throwing: CancellationError())
        }
      }
    }

    private func end(
      _ id: Int, _ key: String, isCancelled: Bool = false
    ) -> CheckedContinuation<Void, any Error>? {
      state.withLock { state in
        let waiter = state.waiting[key]?.removeValue(forKey: id)
        if waiter == nil && isCancelled { state.cancelled.insert(id) }
        return waiter
      }
    }
  }
#endif
