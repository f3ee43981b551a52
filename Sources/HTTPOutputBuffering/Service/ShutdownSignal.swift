import Synchronization

/// A signal that the server is shutting down, which any task can read or wait for.
///
/// ```swift
/// let shutdown = response.shutdown
/// repeat {
///   try await response.write("data: \(Date.now)\n\n")
///   try await response.flush()
/// } while try await !shutdown.wait(atMost: .seconds(1))
/// try await response.write("event: close\ndata:\n\n")
/// ```
public struct ShutdownSignal: Sendable {
  let service: AfterResponseService
  let exchange: ResponseExchange?

  /// Whether a shutdown has begun: of all that the service serves, or of this response's connection.
  public var isUnderway: Bool {
    service.isShutdownUnderway.load(ordering: .acquiring)
      || exchange?.isConnectionShuttingDown.load(ordering: .acquiring) == true
  }

  /// Waits until a shutdown has begun or the caller's task is cancelled.
  public func wait() async {
    await service.waitForShutdown(of: exchange, within: nil)
  }

  /// Waits until a shutdown has begun or the time limit has passed; use it as the pause of a loop.
  ///
  /// - Parameter limit: The maximum wait.
  /// - Returns: Whether a shutdown has begun.
  /// - Throws: `CancellationError` if the caller's task is cancelled.
  public func wait(atMost limit: Duration) async throws(CancellationError) -> Bool {
    await service.waitForShutdown(of: exchange, within: limit)
    guard !Task.isCancelled else { throw CancellationError() }
    return isUnderway
  }
}
