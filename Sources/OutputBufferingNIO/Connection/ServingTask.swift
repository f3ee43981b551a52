#if NIO
  import Synchronization

  /// A handle on the task that serves a connection or an HTTP/2 stream, used to cancel it.
  ///
  /// There is no way to refer to a framework's task, and creating one per request would cost more
  /// than most responses.
  @safe package final class ServingTask: Sendable {
    /// The only operation allowed on a running task from outside: cancellation.
    @safe private struct Handle: @unchecked Sendable {
      private let task: UnsafeCurrentTask

      init(_ task: UnsafeCurrentTask) { unsafe self.task = task }

      func cancel() { unsafe task.cancel() }
    }

    private let isCancelled = Atomic(false)
    // While `cancel` uses the handle, `end` can't return and the task can't end.
    private let handle = Mutex<Handle?>(nil)

    package init() {}

    /// Registers the current task, which must call ``end()`` when it is done.
    package func begin() {
      let current = unsafe withUnsafeCurrentTask { task in unsafe task.map { unsafe Handle($0) } }
      handle.withLock { $0 = current }
    }

    /// Unregisters the current task.
    package func end() {
      handle.withLock { $0 = nil }
    }

    /// Cancels the serving task, once; has no effect if none is registered.
    ///
    /// Every event that ends the response bodies written by a server's own task ends up here, such
    /// as the client's departure.
    package func cancel() {
      // A cancellation handler may call this method again.
      guard !isCancelled.exchange(true, ordering: .relaxed) else { return }
      handle.withLock { $0?.cancel() }
    }
  }
#endif
