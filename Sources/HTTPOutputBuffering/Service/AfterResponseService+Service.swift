#if ServiceLifecycle
  public import ServiceLifecycle

  extension AfterResponseService: Service {
    /// Waits for graceful shutdown, then drains.
    ///
    /// A service group ends its services in reverse order: list this one before the server, as
    /// Hummingbird does with what is given to it in `services`, and it drains when the server has ended. A
    /// server that waits for its responses tells them itself: see ``beginShutdown()``.
    public func run() async throws {
      own()
      // Cancellation is a shutdown that isn't graceful: the work is cancelled at once.
      try? await gracefulShutdown()
      await drain()
    }

    /// Runs an operation during which a graceful shutdown of the current task begins that of the service.
    package func beginningShutdownGracefully<Result>(
      _ operation: () async throws -> Result
    ) async rethrows -> Result {
      try await withGracefulShutdownHandler {
        try await operation()
      } onGracefulShutdown: {
        self.beginShutdown()
      }
    }

    /// Waits for a graceful shutdown of the current task.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    package static func waitForGracefulShutdown() async throws {
      try await gracefulShutdown()
    }
  }
#endif
