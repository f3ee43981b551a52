#if ServiceLifecycle
  public import ServiceLifecycle

  extension AfterResponseService: Service {
    /// Waits for graceful shutdown, then drains.
    ///
    /// A service group ends its services in reverse order: list this one before the server, as
    /// Hummingbird does with what is given to it in `services`, and it drains when the server has ended.
    public func run() async throws {
      // Cancellation is a shutdown that isn't graceful: the work is cancelled at once.
      try? await gracefulShutdown()
      await drain()
    }
  }
#endif
