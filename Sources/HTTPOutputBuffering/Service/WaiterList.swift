package import Synchronization

/// The tasks that wait for a change of a lock's state, of which the list is a part.
package struct WaiterList: Sendable {
  private var waiters:
    [UInt64: (continuation: CheckedContinuation<Void, Never>, key: ObjectIdentifier?)] = [:]
  private var lastNumber: UInt64 = 0

  package init() {}

  /// The number of waiting tasks.
  package var count: Int { waiters.count }

  /// Takes the task with this number, if it waits; the caller resumes it after releasing the lock.
  package mutating func take(_ number: UInt64) -> [CheckedContinuation<Void, Never>] {
    waiters.removeValue(forKey: number).map { [$0.continuation] } ?? []
  }

  /// Takes the tasks that wait for this key.
  package mutating func take(for key: ObjectIdentifier) -> [CheckedContinuation<Void, Never>] {
    let numbers = waiters.filter { $0.value.key == key }.keys
    return numbers.flatMap { take($0) }
  }

  /// Takes all waiting tasks.
  package mutating func takeAll() -> [CheckedContinuation<Void, Never>] {
    guard !waiters.isEmpty else { return [] }
    defer { waiters = [:] }
    return waiters.values.map(\.continuation)
  }

  fileprivate mutating func number() -> UInt64 {
    lastNumber += 1
    return lastNumber
  }

  fileprivate mutating func add(
    _ continuation: CheckedContinuation<Void, Never>, _ number: UInt64, for key: ObjectIdentifier?
  ) {
    waiters[number] = (continuation, key)
  }
}

extension [CheckedContinuation<Void, Never>] {
  /// Resumes the tasks.
  package func resume() {
    for continuation in self { continuation.resume() }
  }
}

extension Mutex {
  /// Waits until the caller's task is taken from a list or is cancelled.
  ///
  /// - Parameters:
  ///   - list: The key path of the list in the lock's state.
  ///   - key: The key for which the task waits, if the list's tasks wait for different ones.
  ///   - isDue: Returns whether there is nothing to wait for; called with the lock held.
  ///   - isWaiting: Called with the task's number when the task waits.
  package func wait(
    in list: any WritableKeyPath<Value, WaiterList> & Sendable, for key: ObjectIdentifier? = nil,
    unless isDue: @Sendable (borrowing Value) -> Bool, isWaiting: (UInt64) -> Void = { _ in }
  ) async {
    let number = withLock { $0[keyPath: list].number() }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isDue = withLock { value in
          if Task.isCancelled || isDue(value) { return true }
          value[keyPath: list].add(continuation, number, for: key)
          return false
        }
        isDue ? continuation.resume() : isWaiting(number)
      }
    } onCancel: {
      withLock { $0[keyPath: list].take(number) }.resume()
    }
  }
}
