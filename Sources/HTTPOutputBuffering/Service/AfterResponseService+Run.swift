import Logging
import Synchronization

extension AfterResponseService {
  /// Runs a server, and drains when it has returned or thrown.
  ///
  /// The call also marks work after responses as waited for, as a `Service` in a `ServiceGroup`
  /// does. Without either, a warning is logged one second after the first such work begins.
  ///
  /// ```swift
  /// try? await buffering.service.run { try await server.run() }
  /// ```
  ///
  /// - Parameter server: A closure that returns when the server has ended. Code that stops the
  ///   server calls ``beginShutdown()``.
  /// - Returns: The closure's result.
  /// - Throws: The closure's error.
  public func run<Result>(_ server: () async throws -> Result) async rethrows -> Result {
    own()
    do {
      let result = try await server()
      await drain()
      return result
    } catch {
      await drain()
      throw error
    }
  }

  /// Records that something will drain the service, or waits for its work as a test does.
  package func own() {
    state.withLock { $0.isOwned = true }
  }

  /// The time after the first admitted work within which a service may be run.
  private static var ownershipTime: Duration { .seconds(1) }

  /// Warns once if nothing will wait for work that continues after its response.
  func warnUnlessOwned(releasing name: String) {
    _ = timers.add(Self.ownershipTime) { [weak self] _ in
      guard let self, !state.withLock({ $0.isOwned }) else { return }
      logger.warning(
        """
        work that continues after its response is lost when the process ends, including its `atEnd` \
        hooks: list `buffering.service` in the application's services, or run the server in \
        `buffering.service.run`
        """,
        metadata: ["work": "\(name)"])
    }
  }
}
