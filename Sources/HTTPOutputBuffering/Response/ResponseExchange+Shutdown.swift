import Synchronization

extension ResponseExchange: ServedResponse {
  package var name: String { service.state.withLock { $0.works[work]?.name ?? "" } }

  package var isUnderway: Bool { status == .open || status == .inputClosed }

  package func cutOff() -> Bool {
    breakOff(.timedOut, sparesReleased: true)
  }

  package func releaseConnection() {
    let waiters = state.withLock { state in
      state.release = .granted
      return state.takeReleaseWaiters()
    }
    for waiter in waiters { waiter.resume() }
  }

  /// The server shuts the connection of this response down: its handler is told, and has the service's
  /// deadline.
  ///
  /// A shutdown of all that the service serves is ``AfterResponseService/beginShutdown()``. Only the first
  /// call counts.
  public func beginShutdown() {
    guard !isConnectionShuttingDown.exchange(true, ordering: .acquiringAndReleasing) else { return }
    service.beginShutdown(of: work)
  }
}
