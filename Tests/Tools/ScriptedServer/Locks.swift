#if Conformance
  /// Exclusive locks by name, as an example of a resource that must be free before the client
  /// returns.
  actor Locks {
    private struct Waiter {
      var owner: Int
      var continuation: CheckedContinuation<Bool, Never>
    }

    private struct Lock {
      var owner: Int
      var waiting: [Waiter] = []
    }

    private var locks: [String: Lock] = [:]

    /// Acquires a lock for a request.
    ///
    /// - Throws: `CancellationError` if the task is cancelled while it waits.
    func lock(_ name: String, for owner: Int) async throws {
      guard locks[name] != nil else {
        locks[name] = Lock(owner: owner)
        return
      }
      let isTaken = await withTaskCancellationHandler {
        await withCheckedContinuation { continuation in
          guard !Task.isCancelled else { return continuation.resume(returning: false) }
          locks[name]?.waiting.append(Waiter(owner: owner, continuation: continuation))
        }
      } onCancel: {
        Task { await giveUp(name, owner) }
      }
      guard isTaken else { throw CancellationError() }
    }

    /// Releases a lock; does nothing if it isn't held.
    func unlock(_ name: String) {
      guard var lock = locks[name] else { return }
      if lock.waiting.isEmpty {
        locks[name] = nil
      } else {
        let next = lock.waiting.removeFirst()
        lock.owner = next.owner
        locks[name] = lock
        next.continuation.resume(returning: true)
      }
    }

    /// Releases all locks that a request still holds.
    func unlockAll(of owner: Int) {
      for (name, lock) in locks where lock.owner == owner { unlock(name) }
    }

    private func giveUp(_ name: String, _ owner: Int) {
      guard let index = locks[name]?.waiting.firstIndex(where: { $0.owner == owner }) else {
        return
      }
      locks[name]?.waiting.remove(at: index).continuation.resume(returning: false)
    }
  }
#endif
