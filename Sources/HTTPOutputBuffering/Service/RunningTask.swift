/// The task that runs a handler, for what cancels it from outside.
///
/// `Task.immediate` returns a task's handle when the task has suspended, and a handler may have to be
/// cancelled before.
@safe struct RunningTask: @unchecked Sendable {
  // Of what such a value can do, `cancel()` alone may be asked from elsewhere. It keeps the task's object,
  // which is on the heap as that of every unstructured task: one that has ended is cancelled in vain.
  private let task: UnsafeCurrentTask

  /// The caller's task; nil where it runs in none.
  static var current: RunningTask? {
    unsafe withUnsafeCurrentTask { task in unsafe task.map { unsafe RunningTask($0) } }
  }

  private init(_ task: UnsafeCurrentTask) { unsafe self.task = task }

  func cancel() { unsafe task.cancel() }
}
