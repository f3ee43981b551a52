/// Waits for the task's cancellation, and for nothing else.
///
/// - Throws: `CancellationError`, always.
package func untilCancelled() async throws {
  let (nothing, source) = AsyncStream.makeStream(of: Never.self)
  for await _ in nothing {}
  source.finish()
  throw CancellationError()
}
