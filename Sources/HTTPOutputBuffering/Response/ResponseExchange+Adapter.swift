import Synchronization

// The adapter's side.
extension ResponseExchange {
  /// Waits for what is to be done next.
  ///
  /// One task at a time may wait. After output with an end, after a failure and after an abort there
  /// is nothing more to wait for.
  public func next() async -> Event {
    await withCheckedContinuation { consumer in
      let event = state.withLock { state -> Event? in
        if let event = state.takeEvent() { return event }
        if status.isBroken || state.hasHandlerEnded || state.hasTakenEnd {
          return closingEvent(state)
        }
        state.consumer = consumer
        return nil
      }
      if let event { consumer.resume(returning: event) }
    }
  }

  /// The transport has taken the last output.
  ///
  /// - Parameter storage: The output's storage, given back for the next one.
  public func acknowledge(reusing storage: consuming ContiguousArray<UInt8> = []) {
    storage.removeAll(keepingCapacity: true)
    let spent = storage
    let (producer, isFinished) = state.withLock { state in
      // What is still on offer has not been taken: there is nothing to acknowledge.
      guard state.offered == nil else { return (CheckedContinuation<Bool, Never>?.none, false) }
      state.spent = spent
      let isFinished = state.hasTakenEnd && !status.isBroken
      if isFinished {
        if !state.isUnfinished { setStatus(.finished) }
        state.interruption = nil
      }
      defer { state.producer = nil }
      return (state.producer, isFinished)
    }
    producer?.resume(returning: true)
    if isFinished { service.responseEnded() }
  }

  /// Whether the connection is free as soon as the end is sent, whatever the handler still does.
  public var isReleased: Bool {
    state.withLock { $0.isReleased }
  }

  /// Whether the handler works on and keeps its connection, because the after-response service has not
  /// admitted the work.
  package var keepsConnection: Bool {
    state.withLock { $0.release == .refused && !$0.isReleased }
  }

  /// Waits until the connection may serve its next request.
  ///
  /// That is at once where the after-response service has admitted what the handler still does, and
  /// when the handler is done where it has not. A server that ends cancels the task that waits: no next
  /// request will be served.
  public func released() async {
    let id = state.withLock { state in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { waiter in
        let isDue = state.withLock { state in
          if state.isReleased || Task.isCancelled { return true }
          state.releaseWaiters[id] = waiter
          return false
        }
        if isDue { waiter.resume() }
      }
    } onCancel: {
      state.withLock { $0.releaseWaiters.removeValue(forKey: id) }?.resume()
    }
  }

  /// The adapter's side is gone: nobody will take anything any more.
  ///
  /// Where the head that was taken was the whole response, as it is to HEAD, the server has written it
  /// without asking for more. Elsewhere the response is broken off.
  public func abandoned() {
    state.withLock { $0.isTakenWhole } ? acknowledge() : disconnected()
  }

  /// Whether the response is over, and its handler still to be told when the client leaves.
  package var isUnfinished: Bool {
    state.withLock { $0.isUnfinished && !$0.hasHandlerEnded && !status.isBroken }
  }

  /// Names what ends a write that the transport has not taken when the response breaks off.
  ///
  /// A client that reads nothing would otherwise hold the adapter's task for ever.
  ///
  /// It is kept no longer than until the end of the response is sent or the handler has ended, so that
  /// it may refer to the exchange.
  ///
  /// - Parameter interruption: Called at most once, from any thread.
  public func onBreakOff(_ interruption: @escaping @Sendable () -> Void) {
    let isBroken = state.withLock { state in
      guard !status.isBroken else { return true }
      if status != .finished && !state.hasHandlerEnded { state.interruption = interruption }
      return false
    }
    if isBroken { interruption() }
  }

  /// An answer is possible only where none has begun and there is a client to read it.
  func closingEvent(_ state: State) -> Event {
    if state.hasTakenHead || status == .aborted { return .aborted }
    return .failed(status == .timedOut ? ResponseError.timeLimit : ResponseError.noResponse)
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
      state -> (Wake, Task<Void, Never>?, worksOn: Bool?) in
      switch status {
      case .open, .inputClosed:
        setStatus(reason)
        let isCancelled = reason == .timedOut || (cancelsHandler && !state.ignoresDisconnect)
        let handler = isCancelled ? state.cancelHandler() : nil
        return (takeInterrupted(&state), handler, cancelsHandler && !state.hasHandlerEnded)
      case .aborted
      where reason == .timedOut && !state.isHandlerCancelled
        && !(sparesReleased && state.isReleased),
        .finished where reason == .timedOut && !sparesReleased:
        // The client is no concern any more, the handler's time still is.
        setStatus(reason)
        return (Wake(), state.cancelHandler(), false)
      case .aborted, .finished, .timedOut:
        return (Wake(), nil, nil)
      }
    }
    handler?.cancel()
    if worksOn == true { release(needsAdmission: true) }
    wake()
    service.responseEnded()
    return worksOn != nil
  }

  /// Takes everything that waits for a response that is broken off.
  private func takeInterrupted(_ state: inout State) -> Wake {
    state.offered = nil
    let event = state.consumer == nil ? nil : closingEvent(state)
    var wake = Wake(event: event, for: &state.consumer)
    wake.interruption = state.interruption.take()
    wake.producer = state.producer.take()
    return wake
  }
}

extension ResponseExchange.State {
  /// Takes what the adapter's side is to be given, if there is anything.
  mutating func takeEvent() -> ResponseExchange.Event? {
    if let failure {
      self.failure = nil
      return .failed(failure)
    }
    guard let output = offered else { return nil }
    offered = nil
    hasTakenHead = hasTakenHead || output.head != nil
    hasTakenEnd = output.end != nil
    isTakenWhole = hasTakenEnd && (isUnfinished || output.head?.framing == .noContent)
    return .output(output)
  }

  mutating func takeReleaseWaiters() -> [CheckedContinuation<Void, Never>] {
    defer { releaseWaiters = [:] }
    return Array(releaseWaiters.values)
  }

  /// Marks the handler as cancelled, perhaps before its task is known.
  ///
  /// - Returns: The task to cancel once the lock is given back.
  mutating func cancelHandler() -> Task<Void, Never>? {
    isHandlerCancelled = true
    return handler
  }
}

extension ResponseExchange {
  /// Continuations to resume once the lock is given back.
  struct Wake {
    var producer: CheckedContinuation<Bool, Never>?
    var isTaken = false
    var consumer: CheckedContinuation<Event, Never>?
    var event: Event?
    var interruption: (@Sendable () -> Void)?

    init() {}

    init(producer: CheckedContinuation<Bool, Never>, isTaken: Bool) {
      self.producer = producer
      self.isTaken = isTaken
    }

    init(event: Event?, for waiting: inout CheckedContinuation<Event, Never>?) {
      guard let event, let consumer = waiting else { return }
      self.event = event
      self.consumer = consumer
      waiting = nil
    }

    func callAsFunction() {
      producer?.resume(returning: isTaken)
      if let event { consumer?.resume(returning: event) }
      interruption?()
    }
  }
}

extension ResponseError {
  static var timeLimit: ResponseError {
    ResponseError(code: .timedOut, message: "the time limit ran out")
  }
  fileprivate static var noResponse: ResponseError {
    ResponseError(code: .ended, message: "the handler ended without a response")
  }
  static var noReader: ResponseError {
    ResponseError(code: .disconnected, message: "the response was over with its head")
  }
  static var clientGone: ResponseError {
    ResponseError(code: .disconnected, message: "the client left before the end of the response")
  }
}
