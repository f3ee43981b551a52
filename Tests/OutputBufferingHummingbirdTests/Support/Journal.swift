#if Hummingbird
  import Synchronization

  /// A log of events from handlers and hooks, with times; a test waits for events up to a deadline.
  final class Journal: Sendable {
    struct Missing: Error, CustomStringConvertible {
      var description: String
    }

    private struct State {
      var entries: [(text: String, at: ContinuousClock.Instant)] = []
      var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
      var nextWaiter = 0
    }

    private let state = Mutex(State())

    func note(_ text: String) {
      let waiters = state.withLock { state in
        state.entries.append((text, .now))
        defer { state.waiters = [:] }
        return state.waiters.values
      }
      for waiter in waiters { waiter.resume() }
    }

    var entries: [String] { state.withLock { $0.entries.map(\.text) } }

    func count(of text: String) -> Int { state.withLock { $0.entries.count { $0.text == text } } }

    func instant(of text: String) -> ContinuousClock.Instant? {
      state.withLock { $0.entries.first { $0.text == text }?.at }
    }

    /// Waits until an event has been reported this many times.
    @discardableResult
    func wait(
      for text: String, times: Int = 1, within limit: Duration = .seconds(10)
    ) async throws -> ContinuousClock.Instant {
      let deadline = ContinuousClock.now + limit
      while true {
        let entries = state.withLock { $0.entries }
        let reports = entries.filter { $0.text == text }
        if reports.count >= times { return reports.first?.at ?? .now }
        guard ContinuousClock.now < deadline else {
          throw Missing(
            description: "\(text): \(reports.count) of \(times); \(entries.prefix(20).map(\.text))")
        }
        await changed(from: entries.count, by: deadline)
      }
    }

    /// Returns when there are more entries than `seen`, or at the deadline.
    private func changed(from seen: Int, by deadline: ContinuousClock.Instant) async {
      await withCheckedContinuation { waiter in
        let id = state.withLock { state -> Int? in
          guard state.entries.count == seen else { return nil }
          state.nextWaiter += 1
          state.waiters[state.nextWaiter] = waiter
          return state.nextWaiter
        }
        guard let id else { return waiter.resume() }
        Task {
          try? await Task.sleep(until: deadline)
          state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
        }
      }
    }
  }
#endif
