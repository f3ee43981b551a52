#if Conformance
  import HTTPOutputBuffering

  /// Lets one request wait for another: `await` in a script, `POST /signal`.
  actor Signals {
    private static let deadline = Duration.seconds(30)

    private var sent: [String: Int] = [:]

    nonisolated func send(_ key: String) {
      Task { await store(key) }
    }

    private func store(_ key: String) {
      sent[key, default: 0] += 1
    }

    private func take(_ key: String) -> Bool {
      guard let count = sent[key], count > 0 else { return false }
      sent[key] = count - 1
      return true
    }

    func wait(for key: String) async throws {
      let end = ContinuousClock.now + Self.deadline
      while !take(key) {
        guard ContinuousClock.now < end else { return }
        try await Task.sleep(for: .milliseconds(2))
      }
    }
  }

  /// Exclusive locks by name: the example of a resource that must be free before the client comes back.
  actor Locks {
    private var waiting: [String: [CheckedContinuation<Void, Never>]] = [:]

    func lock(_ name: String) async {
      guard waiting[name] != nil else {
        waiting[name] = []
        return
      }
      await withCheckedContinuation { waiting[name]?.append($0) }
    }

    /// Giving back what isn't held does nothing.
    func unlock(_ name: String) {
      guard var queue = waiting[name] else { return }
      if queue.isEmpty {
        waiting[name] = nil
      } else {
        let next = queue.removeFirst()
        waiting[name] = queue
        next.resume()
      }
    }
  }
#endif
