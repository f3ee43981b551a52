import Synchronization

// Neither side goes on.
extension ResponseExchange {
  /// The client closed its sending side.
  ///
  /// Without a setting that allows half-closed clients this is leaving, as in Go, nginx and Node.
  public func inputClosed() {
    guard allowsHalfClosedClients else { return disconnected() }
    state.withLock { _ in
      if status == .open { setStatus(.inputClosed) }
    }
  }

  /// The client left: no byte can reach it any more.
  ///
  /// After the transport has taken the end of the response it means nothing, unless the head was all of
  /// it: then that holds once the handler has finished.
  public func disconnected() {
    breakOff(.aborted)
  }

  /// The response can't be completed: the client is gone, the time is up, or its handler failed.
  ///
  /// A connection whose handler works on is released only if the after-response service admits that.
  ///
  /// - Parameters:
  ///   - reason: The status from now on.
  ///   - cancelsHandler: Whether the handler's task has to learn of it by being cancelled.
  ///   - sparesReleased: Whether work that goes on without its response or its connection is left alone.
  /// - Returns: Whether there was something to break off or to cancel.
  @discardableResult
  func breakOff(
    _ reason: ConnectionStatus, cancelsHandler: Bool = true, sparesReleased: Bool = false
  ) -> Bool {
    let (wake, handler, worksOn) = state.withLock {
      state -> (Wake?, RunningTask?, worksOn: Bool?) in
      switch status.kind {
      case .open, .inputClosed:
        setStatus(reason)
        let worksOn = cancelsHandler && !state.handler.hasEnded
        let isTold = reason == .timedOut || (cancelsHandler && !state.ignoresDisconnect)
        let handler = isTold ? state.tellHandler() : nil
        return (interrupt(&state), handler, worksOn)
      case .aborted
      where reason == .timedOut && !state.isHandlerTold
        && !(sparesReleased && state.release == .granted),
        .finished where reason == .timedOut && !sparesReleased:
        // The client is no concern any more, the handler's time still is.
        setStatus(reason)
        return (nil, state.tellHandler(), false)
      case .aborted, .finished, .timedOut:
        return (nil, nil, nil)
      }
    }
    handler?.cancel()
    if worksOn == true { release(needsAdmission: true) }
    wake?()
    service.responseEnded()
    return worksOn != nil
  }

  /// Ends the wait for a response that is broken off, on either side.
  private func interrupt(_ state: inout State) -> Wake {
    var wake: Wake
    switch state.slot {
    case .empty, .failed: wake = Wake()
    case .awaited(let consumer):
      state.slot = .empty
      wake = Wake(consumer: (consumer, closingEvent(state)))
    case .offered(_, _, let giver), .taken(let giver):
      state.slot = .empty
      wake = Wake(giver: giver, spent: nil)
    }
    wake.interruption = state.interruption.take()
    if case .conclusion = wake.giver { endHandler(&state) }
    return wake
  }

  /// Cancels the handler's task, for reasons that are none of the response's.
  func cancelHandler() {
    state.withLock { $0.cancelHandler() }?.cancel()
  }

  /// The server shuts the connection of this response down: its handler is told, and has the service's
  /// deadline.
  ///
  /// A shutdown of all that the service serves is ``AfterResponseService/beginShutdown()``. Only the first
  /// call counts.
  public func beginShutdown() {
    guard !isConnectionShuttingDown.exchange(true, ordering: .acquiringAndReleasing) else { return }
    service.beginShutdown(of: self)
  }
}

extension ResponseExchange: ServedResponse {
  package var name: String { handlerName.description }

  package var isUnderway: Bool { status == .open || status == .inputClosed }

  package func cutOff() -> Bool {
    breakOff(.timedOut, sparesReleased: true)
  }

  package func releaseConnection() {
    let waiters = state.withLock { state in
      state.release = .granted
      return state.releaseWaiters.takeAll()
    }
    waiters.resume()
  }
}
