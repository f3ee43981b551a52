import Synchronization

/// The handoff between a handler and the task in which a server writes its response.
///
/// It holds one value at a time: a running handler waits in `deliver(_:)` until the transport has
/// taken its output, which provides the back-pressure. A handler that has returned doesn't wait:
/// its conclusion runs when the transport has taken the end. If either side goes away, the other
/// one learns of it, and never waits forever. Cancelling either side doesn't drop a value.
///
/// An adapter gets the exchange from its ``ResponseOutlet``, and reports the client's status with
/// ``inputClosed()`` and ``disconnected()``, from any task or thread, at any time and repeatedly.
public final class ResponseExchange: Sendable {
  /// The adapter's next step, returned by ``ResponseOutlet/next(reusing:)``.
  ///
  /// No cases will be added, so the compiler ensures that an adapter handles each of them.
  public enum Event: Sendable {
    /// Send this output. Asking for the next event acknowledges that the transport has taken it;
    /// ``ResponseOutlet/acknowledge()`` acknowledges the end.
    case output(ResponseOutput)
    /// The handler failed or ran out of time before anything was sent: answer with the server's own
    /// error, such as 503 for ``ResponseError/Code/timedOut`` and 500 for all other errors.
    case failed(any Error)
    /// Leave the sent message incomplete: reset the connection or the stream. After an orderly
    /// close, a message of ``MessageFraming/connectionClose`` would look complete.
    case aborted
  }

  let state: Mutex<State>
  private let atomicStatus = Atomic<UInt8>(ConnectionStatus.Kind.open.rawValue)
  let allowsHalfClosedClients: Bool
  /// Whether the adapter takes outputs with a file.
  let takesFiles: Bool
  /// Whether the connection waits for the handler, as it does for work that isn't admitted.
  private let isConnectionKept: Bool
  /// The time for which the client may accept none of its output: see
  /// ``ResponseSettings/stallLimit``.
  package let stallLimit: Duration?
  let handlerName: HandlerName
  let timeLimits: TimeLimits
  /// The service that owns the handler, and the handler's number in it.
  package let service: AfterResponseService
  let work: UInt64
  /// Whether the server is shutting down this response's connection.
  let isConnectionShuttingDown = Atomic(false)

  init(
    named name: HandlerName, settings: ResponseSettings, takesFiles: Bool,
    keepsConnection: Bool, timeLimits: TimeLimits, service: AfterResponseService
  ) {
    self.state = Mutex(State(ignoresDisconnect: settings.ignoresDisconnect))
    self.allowsHalfClosedClients = settings.allowsHalfClosedClients
    self.takesFiles = takesFiles
    self.isConnectionKept = keepsConnection
    self.stallLimit = settings.stallLimit
    self.handlerName = name
    self.timeLimits = timeLimits
    self.service = service
    self.work = service.nextID()
  }

  /// The status of the client.
  public var status: ConnectionStatus {
    ConnectionStatus(kind: .init(rawValue: atomicStatus.load(ordering: .acquiring)) ?? .open)
  }

  func setStatus(_ status: ConnectionStatus) {
    atomicStatus.store(status.kind.rawValue, ordering: .releasing)
  }
}

// Operations of the adapter.
extension ResponseExchange {
  /// Waits for the next event, and acknowledges the previous output.
  ///
  /// Only one task may wait at a time.
  package func next(reusing storage: consuming ContiguousArray<UInt8> = []) async -> Event {
    if let event = nextIfReady(reusing: storage) { return event }
    return await withCheckedContinuation { continuation in
      let consumer = Waiter(continuation)
      let event = state.withLock { state -> Event? in
        if let event = takeEvent(&state) { return event }
        state.slot = .awaited(consumer)
        return nil
      }
      if let event { consumer.resume(returning: event) }
    }
  }

  /// Returns the next event if it is ready, and acknowledges the previous output.
  package func nextIfReady(reusing storage: consuming ContiguousArray<UInt8> = []) -> Event? {
    let (event, wake) = state.withLock { [storage] state in
      let wake = acknowledge(&state, reusing: storage)
      return (takeEvent(&state), wake)
    }
    wake?()
    return event
  }

  /// Acknowledges that the transport has taken the last output, without access to the outlet.
  ///
  /// An adapter that learns of it on another thread makes this call there, before it reports that
  /// the client has left, because the first report counts. Call it only for the output with the
  /// end; without a taken output, it has no effect.
  public func acknowledge() {
    acknowledge(reusing: [])
  }

  /// Acknowledges that the transport has taken the last output.
  ///
  /// Without such an output, the call does nothing.
  ///
  /// - Parameter storage: The output's storage, to reuse for the next one.
  package func acknowledge(reusing storage: consuming ContiguousArray<UInt8>) {
    state.withLock { [storage] state in acknowledge(&state, reusing: storage) }?()
    service.responseEnded()
  }

  private func acknowledge(
    _ state: inout State, reusing storage: ContiguousArray<UInt8>
  ) -> Wake? {
    guard case .taken(let giver) = state.slot else { return nil }
    state.slot = .empty
    let wake = Wake(giver: giver, spent: storage)
    switch state.message {
    case .unbegun, .begun: return wake
    case .over: break
    case .ended: setStatus(.finished)
    }
    state.interruption = nil
    if case .conclusion = giver { endHandler(&state) }
    return wake
  }

  /// Takes the adapter's next event, if it is known.
  private func takeEvent(_ state: inout State) -> Event? {
    switch state.slot {
    case .failed(let error):
      state.slot = .empty
      return .failed(error)
    case .offered(let output, let isUnfinished, let giver):
      state.slot = .taken(giver)
      state.message.take(output, isUnfinished: isUnfinished)
      return .output(output)
    case .empty, .awaited, .taken:
      guard status.isBroken || state.handler.hasEnded || state.message.hasEnd else { return nil }
      return closingEvent(state)
    }
  }

  /// The final event; the server can answer only if no response has begun and the client is still
  /// connected.
  func closingEvent(_ state: borrowing State) -> Event {
    guard case .unbegun = state.message, status != .aborted else { return .aborted }
    return .failed(status == .timedOut ? ResponseError.timeLimit : ResponseError.noResponse)
  }

  /// Whether the connection is released when the end is sent, even if the handler continues.
  public var isReleased: Bool {
    state.withLock { $0.release == .granted }
  }

  /// Whether the handler continues and keeps its connection, because the after-response service
  /// hasn't admitted the work.
  package var keepsConnection: Bool {
    state.withLock { $0.release == .refused }
  }

  /// Waits until the connection may serve its next request.
  ///
  /// If the after-response service has admitted the handler's remaining work, this returns at once,
  /// and otherwise when the handler is done. A server that ends cancels the waiting task, since it
  /// won't serve a next request.
  public func released() async {
    guard !isReleased else { return }
    await state.wait(in: \.releaseWaiters) { $0.release == .granted }
  }

  /// Reports that the adapter will take no more output.
  ///
  /// If the head was the whole response, as for HEAD, the server has written it without asking for
  /// more. Otherwise the response is aborted.
  package func abandoned() {
    switch state.withLock({ $0.message }) {
    case .over, .ended(isHeadAll: true): acknowledge()
    case .unbegun, .begun, .ended: disconnected()
    }
  }

  /// Whether the response is complete with its head, and its handler still has to be told if the
  /// client leaves.
  package var isUnfinished: Bool {
    state.withLock { state in
      guard case .over = state.message else { return false }
      return !state.handler.hasEnded && !status.isBroken
    }
  }

  /// Sets a closure that ends a pending write when the response is aborted.
  ///
  /// Without it, a client that reads nothing would block the adapter's task forever. Set it when
  /// the first output with a head arrives, not before: until then, the server can still answer with
  /// an error.
  ///
  /// The closure is released when the end of the response is sent or the handler has ended, so it
  /// may refer to the exchange.
  ///
  /// - Parameter interruption: The closure, which is called at most once, from any thread.
  public func onBreakOff(_ interruption: @escaping @Sendable () -> Void) {
    let isBroken = state.withLock { state in
      guard !status.isBroken else { return true }
      if status != .finished && !state.handler.hasEnded { state.interruption = interruption }
      return false
    }
    if isBroken { interruption() }
  }
}

// Operations of the handler.
extension ResponseExchange {
  /// Offers output and waits until the transport has taken it.
  ///
  /// Cancellation doesn't end the wait: encoded bytes are sent completely, or the message is
  /// visibly broken.
  ///
  /// - Parameters:
  ///   - output: The output.
  ///   - isUnfinished: Whether the output ends the response before ``finish()`` is called.
  /// - Returns: Spent storage for the next output; nil if the output wasn't taken, because the
  ///   client left or the time ran out.
  func deliver(
    _ output: ResponseOutput, isUnfinished: Bool = false
  ) async -> ContiguousArray<UInt8>? {
    await withCheckedContinuation { continuation in
      let producer = Giver.handler(Waiter(continuation))
      state.withLock { state in
        guard !status.isBroken else { return Wake(giver: producer, spent: nil) }
        return offer(output, isUnfinished: isUnfinished, producer, &state)
      }()
    }
  }

  /// Offers the last output of a handler that has returned, without waiting.
  ///
  /// - Parameters:
  ///   - output: The output, with the end.
  ///   - conclusion: The conclusion to call when the transport has taken the output, or never will.
  /// - Returns: False if the output can't be sent, because the client left or the time ran out; the
  ///   caller then calls the conclusion.
  func end(with output: ResponseOutput, _ conclusion: ResponseConclusion) -> Bool {
    let wake = state.withLock { state -> Wake? in
      guard !status.isBroken else { return nil }
      state.handler = .returned
      state.release = .granted
      var wake = offer(output, isUnfinished: false, .conclusion(conclusion), &state)
      wake.waiters = state.releaseWaiters.takeAll()
      return wake
    }
    wake?()
    return wake != nil
  }

  private func offer(
    _ output: ResponseOutput, isUnfinished: Bool, _ giver: Giver, _ state: inout State
  ) -> Wake {
    guard case .awaited(let consumer) = state.slot else {
      state.slot = .offered(output, isUnfinished: isUnfinished, giver)
      return Wake()
    }
    state.slot = .taken(giver)
    state.message.take(output, isUnfinished: isUnfinished)
    return Wake(consumer: (consumer, .output(output)))
  }

  /// Finishes a response whose head is the whole response; its client no longer matters.
  ///
  /// - Returns: Whether the client was connected until then.
  func finish() -> Bool {
    state.withLock { state in
      guard !status.isBroken else { return false }
      state.message = .ended(isHeadAll: true)
      setStatus(.finished)
      return true
    }
  }

  /// Decides whether the connection may be released when the end is sent, although the handler
  /// continues.
  ///
  /// - Parameter needsAdmission: Whether the handler has work left after the end.
  func release(needsAdmission: Bool) {
    if isReleased { return }
    if needsAdmission && (isConnectionKept || !service.admit(work)) {
      return state.withLock { state in
        if state.release == .undecided { state.release = .refused }
      }
    }
    releaseConnection()
  }

  /// Reports that the handler failed before anything was sent.
  ///
  /// A response that was already aborted keeps its reason: a handler that throws because its time
  /// is up has timed out.
  func fail(_ error: any Error) {
    let wake = state.withLock { state -> Wake? in
      guard !status.isBroken else { return nil }
      guard case .awaited(let consumer) = state.slot else {
        state.slot = .failed(error)
        return nil
      }
      state.slot = .empty
      return Wake(consumer: (consumer, .failed(error)))
    }
    wake?()
  }

  /// Records that the handler begins in the caller's task.
  func handlerStarted() {
    let task = RunningTask.current
    let isCancelled = state.withLock { state in
      defer { state.handler = .running(task) }
      if case .starting(isCancelled: true) = state.handler { return true }
      return false
    }
    if isCancelled { task?.cancel() }
  }

  /// Records that the handler and everything that belongs to it has ended.
  func handlerEnded() {
    state.withLock { state in
      endHandler(&state)
      var wake = Wake()
      // Without a consumer, the event stays available for the next one.
      if case .awaited(let consumer) = state.slot {
        state.slot = .empty
        wake = Wake(consumer: (consumer, closingEvent(state)))
      }
      wake.waiters = state.releaseWaiters.takeAll()
      return wake
    }()
    service.remove(work)
  }

  func endHandler(_ state: inout State) {
    state.handler = .ended
    state.release = .granted
    state.interruption = nil
    if let timeLimit = state.timeLimit.take() { timeLimits.remove(timeLimit) }
  }

  /// Whether the handler's task continues after a disconnect (PHP: `ignore_user_abort()`).
  var ignoresDisconnect: Bool {
    get { state.withLock { $0.ignoresDisconnect } }
    set { state.withLock { $0.ignoresDisconnect = newValue } }
  }

  /// Whether the handler's task was cancelled because the response was aborted.
  var isHandlerTold: Bool { state.withLock { $0.isHandlerTold } }

  /// The work that the handler has registered for the time after the response.
  var releasedWorks: ReleasedWorks? { state.withLock { $0.releasedWorks } }

  func setReleasedWorks(_ works: ReleasedWorks) {
    state.withLock { $0.releasedWorks = works }
  }

  /// The names of the handler and of registered work that hasn't ended.
  var namesOfWork: [String] { namesOfHandler + (releasedWorks?.names ?? []) }

  /// The handler's name, unless it has ended.
  var namesOfHandler: [String] { releasedWorks?.isHandlerDone == true ? [] : [name] }

  /// Restarts the time limit (PHP: `set_time_limit()`, but by the wall clock).
  ///
  /// - Parameter limit: The time from now; nil for none.
  func setTimeLimit(_ limit: Duration?) {
    state.withLock { state in
      if let previous = state.timeLimit.take() { timeLimits.remove(previous) }
      guard let limit, !state.handler.hasEnded else { return }
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
