/// The task that runs a handler, for cancellation from outside.
///
/// `Task.immediate` returns a task's handle only after the task has suspended, but a handler may
/// have to be cancelled before.
///
/// A reference, for the reason that ``Waiter`` gives.
@safe final class RunningTask: @unchecked Sendable {
  // Only `cancel()` may be called from other tasks. The property retains the task's object, which is
  // on the heap for every unstructured task, so cancelling a task that has ended has no effect.
  private let task: UnsafeCurrentTask

  /// The caller's task; nil outside of tasks.
  static var current: RunningTask? {
    unsafe withUnsafeCurrentTask { task in unsafe task.map { unsafe RunningTask($0) } }
  }

  private init(_ task: UnsafeCurrentTask) { unsafe self.task = task }

  func cancel() { unsafe task.cancel() }
}
