package import Synchronization

/// The tasks that wait for a change of what a lock guards; it is a part of that itself.
package struct WaiterList: Sendable {
  private var waiters:
    [UInt64: (continuation: CheckedContinuation<Void, Never>, key: ObjectIdentifier?)] = [:]
  private var lastNumber: UInt64 = 0

  package init() {}

  /// How many tasks wait.
  package var count: Int { waiters.count }

  /// Takes one that waits, if it does, for it to be resumed once the lock is given back.
  package mutating func take(_ number: UInt64) -> [CheckedContinuation<Void, Never>] {
    waiters.removeValue(forKey: number).map { [$0.continuation] } ?? []
  }

  /// Takes those that wait for one thing.
  package mutating func take(for key: ObjectIdentifier) -> [CheckedContinuation<Void, Never>] {
    let numbers = waiters.filter { $0.value.key == key }.keys
    return numbers.flatMap { take($0) }
  }

  /// Takes all that wait.
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
  /// Lets the tasks go on.
  package func resume() {
    for continuation in self { continuation.resume() }
  }
}

extension Mutex {
  /// Waits until the caller's task is taken from a list, or is cancelled.
  ///
  /// - Parameters:
  ///   - list: The list, in what the lock guards.
  ///   - key: What the task waits for, where not all tasks of the list wait for the same.
  ///   - isDue: Whether there is nothing to wait for; called with the lock held.
  ///   - isWaiting: Called with the task's number when it waits.
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
