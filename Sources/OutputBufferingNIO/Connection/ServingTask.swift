#if NIO
  import Synchronization

  /// The task that serves a connection, or a stream of HTTP/2, for what ends the serving from outside.
  ///
  /// A framework's task can't be named, and a task of our own for every request would cost more than the
  /// response of most.
  @safe package final class ServingTask: Sendable {
    /// What may be asked of a task from outside, while it runs, is to be cancelled.
    @safe private struct Handle: @unchecked Sendable {
      private let task: UnsafeCurrentTask

      init(_ task: UnsafeCurrentTask) { unsafe self.task = task }

      func cancel() { unsafe task.cancel() }
    }

    private let isCancelled = Atomic(false)
    // `end` can't return, and its task not end, while `cancel` uses the handle.
    private let handle = Mutex<Handle?>(nil)

    package init() {}

    /// This task serves, until it calls ``end()``, which it must.
    package func begin() {
      let current = unsafe withUnsafeCurrentTask { task in unsafe task.map { unsafe Handle($0) } }
      handle.withLock { $0 = current }
    }

    /// This task serves no more.
    package func end() {
      handle.withLock { $0 = nil }
    }

    /// Cancels the serving task, once; does nothing where none serves any more.
    ///
    /// Everything that ends the bodies that a server's own task writes comes here: the client's leaving,
    /// and whatever else is to end them.
    package func cancel() {
      // What is told of a cancellation may come here again, from inside of it.
      guard !isCancelled.exchange(true, ordering: .relaxed) else { return }
      handle.withLock { $0?.cancel() }
    }
  }
#endif
