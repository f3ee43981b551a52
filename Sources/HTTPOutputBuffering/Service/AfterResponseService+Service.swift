#if ServiceLifecycle
  public import ServiceLifecycle

  extension AfterResponseService: Service {
    /// Waits for graceful shutdown, and then drains.
    ///
    /// A service group ends its services in reverse order: list this one before the server, as
    /// Hummingbird does with its `services`, and it drains when the server has ended. A server that
    /// waits for its responses tells them itself: see ``beginShutdown()``.
    public func run() async throws {
      own()
      // Cancellation is an ungraceful shutdown: the work is cancelled at once.
      try? await gracefulShutdown()
      await drain()
    }

    /// Runs an operation; a graceful shutdown of the current task meanwhile begins the service's
    /// shutdown.
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
    /// - Throws: `CancellationError` if the task is cancelled.
    package static func waitForGracefulShutdown() async throws {
      try await gracefulShutdown()
    }
  }
#endif
