import Logging
import Synchronization

extension AfterResponseService {
  /// Runs a server, and drains when it has ended, whether by returning or by an error.
  ///
  /// It says that work after responses is waited for, as a `Service` in a `ServiceGroup` does: without
  /// either, the first work that goes on after its response is logged as a warning.
  ///
  /// ```swift
  /// try? await buffering.service.run { try await server.run() }
  /// ```
  ///
  /// - Parameter server: Returns when the server has ended. What stops the server calls ``beginShutdown()``.
  /// - Returns: What the server returns.
  /// - Throws: What the server throws.
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

  /// Something will drain.
  func own() {
    state.withLock { $0.isOwned = true }
  }

  /// How long after the first request a service may be run.
  private static var ownershipTime: Duration { .seconds(1) }

  /// Warns, once, if nothing is going to wait for work that goes on after its response.
  func warnUnlessOwned(releasing name: String) {
    _ = timers.add(Self.ownershipTime) { [weak self] _ in
      guard let self, !state.withLock({ $0.isOwned }) else { return }
      logger.warning(
        """
        work goes on after its response and is lost when the process ends, its `atEnd` hooks too: list \
        `buffering.service` in the application's services, or run the server in `buffering.service.run`
        """,
        metadata: ["work": "\(name)"])
    }
  }
}
