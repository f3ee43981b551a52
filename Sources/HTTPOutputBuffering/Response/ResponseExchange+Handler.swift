import Synchronization

// The handler's side.
extension ResponseExchange {
  /// Offers output and waits until the transport has taken it.
  ///
  /// Waiting isn't ended by the task's cancellation: what was encoded goes out whole, or the message is
  /// visibly broken.
  ///
  /// - Parameters:
  ///   - output: What to send.
  ///   - isUnfinished: Whether it ends the response, and ``finish()`` is still to come.
  /// - Returns: Spent storage for the next output; nil if the output was not taken, because the client
  ///   is gone or the time is up.
  func deliver(
    _ output: ResponseOutput, isUnfinished: Bool = false
  ) async -> ContiguousArray<UInt8>? {
    let isTaken = await withCheckedContinuation { producer in
      let wake: Wake = state.withLock { state in
        guard !status.isBroken else { return Wake(producer: producer, isTaken: false) }
        state.isUnfinished = isUnfinished
        state.producer = producer
        state.offered = output
        return Wake(event: state.consumer == nil ? nil : state.takeEvent(), for: &state.consumer)
      }
      wake()
    }
    guard isTaken else { return nil }
    return state.withLock { state in
      var spent: ContiguousArray<UInt8> = []
      swap(&spent, &state.spent)
      return spent
    }
  }

  /// The handler has finished a response that was over with its head: its client is no concern any more.
  ///
  /// - Returns: Whether the client was there until then.
  func finish() -> Bool {
    state.withLock { state in
      guard !status.isBroken else { return false }
      state.isUnfinished = false
      setStatus(.finished)
      return true
    }
  }

  /// Says whether the connection may be released when the end is sent, although the handler works on.
  ///
  /// - Parameter needsAdmission: Whether something is left to do after the end.
  func release(needsAdmission: Bool) {
    if state.withLock({ $0.release == .granted }) { return }
    if needsAdmission && !admission() {
      return state.withLock { state in
        if state.release == .undecided { state.release = .refused }
      }
    }
    let waiters = state.withLock { state in
      state.release = .granted
      return state.takeReleaseWaiters()
    }
    for waiter in waiters { waiter.resume() }
  }

  /// The handler failed with nothing sent that could not be taken back.
  ///
  /// What has broken off before is not failed anew: a handler that throws because its time is up has
  /// run out of time.
  func fail(_ error: any Error) {
    let wake: Wake = state.withLock { state in
      guard !status.isBroken else { return Wake() }
      state.failure = error
      return Wake(event: state.consumer == nil ? nil : state.takeEvent(), for: &state.consumer)
    }
    wake()
  }

  /// The handler and everything that belongs to it is done.
  func handlerEnded() {
    let (waiters, wake) = state.withLock { state in
      state.hasHandlerEnded = true
      state.handler = nil
      state.interruption = nil
      if let timeLimit = state.timeLimit.take() { timeLimits.remove(timeLimit) }
      // Without a consumer the event stays where the next one finds it.
      let event = state.consumer == nil ? nil : state.takeEvent() ?? closingEvent(state)
      return (state.takeReleaseWaiters(), Wake(event: event, for: &state.consumer))
    }
    wake()
    for waiter in waiters { waiter.resume() }
  }

  /// Names the task that a disconnect or the end of the time cancels.
  func attach(_ handler: Task<Void, Never>) {
    let isCancelled = state.withLock { state in
      if !state.hasHandlerEnded { state.handler = handler }
      return state.isHandlerCancelled
    }
    if isCancelled { handler.cancel() }
  }

  /// Starts the time limit anew (PHP: `set_time_limit()`, but by the wall clock).
  ///
  /// - Parameter limit: The time from now on; nil for none.
  func setTimeLimit(_ limit: Duration?) {
    state.withLock { state in
      if let previous = state.timeLimit.take() { timeLimits.remove(previous) }
      guard let limit, !state.hasHandlerEnded else { return }
      state.timeLimit = timeLimits.add(limit) { [weak self] in self?.timeLimitRanOut($0) }
    }
  }

  private func timeLimitRanOut(_ id: UInt64) {
    // It may have been replaced at the same moment.
    let isCurrent = state.withLock { state in
      guard state.timeLimit == id else { return false }
      state.timeLimit = nil
      return true
    }
    if isCurrent { breakOff(.timedOut) }
  }
}
