import Synchronization

// Aborting a response, from either side.
extension ResponseExchange {
  /// Reports that the client has closed its sending side.
  ///
  /// Unless the settings allow half-closed clients, this counts as a disconnect, as in Go, nginx
  /// and Node.
  public func inputClosed() {
    guard allowsHalfClosedClients else { return disconnected() }
    state.withLock { _ in
      if status == .open { setStatus(.inputClosed) }
    }
  }

  /// Reports that the client has left, so that no more bytes can reach it.
  ///
  /// After the transport has taken the end of the response, the call has no effect. If the head was
  /// the whole response, that applies once the handler has finished.
  public func disconnected() {
    breakOff(.aborted)
  }

  /// Aborts a response that can't be completed: the client left, the time ran out, or its handler
  /// failed.
  ///
  /// If the handler continues, the connection is released only if the after-response service admits
  /// that.
  ///
  /// - Parameters:
  ///   - reason: The new status.
  ///   - cancelsHandler: Whether to cancel the handler's task.
  ///   - sparesReleased: Whether work that continues without its response or its connection isn't
  ///     cancelled.
  /// - Returns: Whether there was anything to abort or to cancel.
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
        // The client no longer matters, but the handler's time still does.
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

  /// Ends the waits of both sides for an aborted response.
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

  /// Cancels the handler's task for a reason other than the response's.
  func cancelHandler() {
    state.withLock { $0.cancelHandler() }?.cancel()
  }

  /// Begins the shutdown of this response's connection: its handler is told, and has the service's
  /// deadline.
  ///
  /// To shut down everything that the service serves, call
  /// ``AfterResponseService/beginShutdown()``. Only the first call has an effect.
  public func beginShutdown() {
    guard !isConnectionShuttingDown.exchange(true, ordering: .acquiringAndReleasing) else { return }
    service.beginShutdown(of: self)
  }
}

extension ResponseExchange: ServedResponse {
  package var name: String { handlerName.description }

  /// Whether the message has neither ended nor been aborted.
  var isUnderway: Bool { status == .open || status == .inputClosed }

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
