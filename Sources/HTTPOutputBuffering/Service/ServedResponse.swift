/// A response that a server is sending, and that a shutdown may abort.
package protocol ServedResponse: AnyObject, Sendable {
  /// The response's name in logs, such as the request's method and path.
  var name: String { get }

  /// Aborts the message and cancels its producer, because its time is up.
  ///
  /// - Returns: Whether there was a message to abort.
  func cutOff() -> Bool

  /// Releases the connection of a response whose producer ignores its cancellation.
  func releaseConnection()
}

/// A response without a handler in the service; tracking doesn't retain it.
struct TrackedResponse {
  weak var response: (any ServedResponse)?
  /// Whether servers no longer wait for the response.
  var hasLostConnection = false
}
