import HTTPContentCoding
import HTTPOutputBuffering
import Synchronization

/// What the handler's task reports about a response.
final class HandlerReport: Sendable {
  /// The reported values.
  struct Content: Sendable {
    var decision: ContentCodingDecision?
    var discardedByteCount = 0
    var status = ConnectionStatus.open
    var error: (any Error)?
    var hasReturned = false

    /// Adds the reported values to what the client received.
    func completing(_ received: ReceivedResponse) -> ReceivedResponse {
      var received = received
      received.decision = decision
      received.discardedByteCount = discardedByteCount
      received.connectionStatus = status
      received.error = error
      return received
    }
  }

  private struct State {
    var content = Content()
    var hasEnded = false
    var waiter: CheckedContinuation<Content, Never>?
  }

  private let state = Mutex(State())

  /// Records the response's state, at its commit and after its last change.
  func look(at response: BufferedResponse) {
    let (decision, byteCount) = (response.decision, response.discardedByteCount)
    state.withLock {
      $0.content.decision = decision
      $0.content.discardedByteCount = byteCount
    }
  }

  var hasReturned: Bool { state.withLock { $0.content.hasReturned } }

  func handlerReturned(_ error: (any Error)?) {
    state.withLock {
      $0.content.hasReturned = true
      $0.content.error = error
    }
  }

  /// Ends the report; every other hook has run.
  func end(_ status: ConnectionStatus) {
    let (waiter, content) = state.withLock { state in
      state.content.status = status
      state.hasEnded = true
      return (state.waiter.take(), state.content)
    }
    waiter?.resume(returning: content)
  }

  /// Waits for the end.
  func ended() async -> Content {
    await withCheckedContinuation { waiter in
      let content = state.withLock { state -> Content? in
        if state.hasEnded { return state.content }
        state.waiter = waiter
        return nil
      }
      if let content { waiter.resume(returning: content) }
    }
  }
}
