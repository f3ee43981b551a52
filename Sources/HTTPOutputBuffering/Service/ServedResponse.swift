/// A response that a server is sending, as a shutdown sees it.
package protocol ServedResponse: AnyObject, Sendable {
  /// The response's name in logs, such as the request's method and path.
  var name: String { get }
  /// Whether the message has neither reached its end nor broken off.
  var isUnderway: Bool { get }

  /// Breaks the message off and cancels what makes it: its time is up.
  ///
  /// - Returns: Whether there was something to break off.
  func cutOff() -> Bool

  /// What makes the response ignores its cancellation: its connection isn't kept for it any longer.
  func releaseConnection()
}

/// A response of which the service runs no handler; it isn't kept by being tracked.
struct TrackedResponse {
  weak var response: (any ServedResponse)?
  /// Whether no server waits for it any longer.
  var hasLostConnection = false
}
