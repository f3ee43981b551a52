import Logging
import Synchronization

extension AfterResponseService {
  /// Begins the shutdown: the server takes no more connections and waits for the responses that are underway.
  ///
  /// ``shutdown`` and ``BufferedResponse/shutdown`` tell of it at once. What is still underway after
  /// ``Settings/responseDeadline`` is cancelled and broken off. Work after a finished response has
  /// ``Settings/drainDeadline``, from now on.
  ///
  /// Adapters call it as soon as they see the shutdown. Call it where an application stops a server by
  /// itself. Only the first call counts; it doesn't wait.
  public func beginShutdown() {
    let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>]? in
      guard state.shutdownStart == nil else { return nil }
      state.shutdownStart = .now
      isShutdownUnderway.store(true, ordering: .releasing)
      return state.shutdownWaiters.takeAll()
    }
    guard let waiters else { return }
    _ = timers.add(settings.responseDeadline) { [weak self] _ in self?.cutOffResponses() }
    _ = timers.add(settings.drainDeadline) { [weak self] _ in self?.cancelWork() }
    waiters.resume()
  }

  /// Tells that a shutdown has begun; for work that isn't a response's handler.
  public var shutdown: ShutdownSignal { ShutdownSignal(service: self, exchange: nil) }

  /// Waits until no response is underway and no handler keeps its connection, or until the caller's task is
  /// cancelled.
  ///
  /// For servers that can't tell themselves. The shutdown begins, if it hasn't; its deadlines bound the wait.
  public func responsesEnded() async {
    beginShutdown()
    await wait(in: \.responseWaiters) { $0.servesNothing }
  }

  /// A response has ended or broken off, or its handler is released.
  func responseEnded() {
    guard isShutdownUnderway.load(ordering: .acquiring) else { return }
    state.withLock { state in
      state.responseWaiters.count > 0 && state.servesNothing ? state.responseWaiters.takeAll() : []
    }.resume()
  }

  /// Waits until a shutdown has begun, the time is over, or the task is cancelled.
  func waitForShutdown(of exchange: ResponseExchange?, within limit: Duration?) async {
    await wait(in: \.shutdownWaiters, for: exchange.map(ObjectIdentifier.init), within: limit) {
      $0.shutdownStart != nil
        || exchange?.isConnectionShuttingDown.load(ordering: .acquiring) == true
    }
  }

  /// The server shuts the connection of one response down, and perhaps no other.
  func beginShutdown(of exchange: ResponseExchange) {
    state.withLock { $0.shutdownWaiters.take(for: ObjectIdentifier(exchange)) }.resume()
    _ = timers.add(settings.responseDeadline) { [weak self, weak exchange] _ in
      if let exchange { self?.cutOffResponse(of: exchange) }
    }
  }
}

// Responses of which the service runs no handler.
extension AfterResponseService {
  /// Breaks a response off at the deadline as well, until ``untrack(_:)`` is called.
  ///
  /// - Parameter response: The response; it isn't kept by this, and has to be untracked when it ends.
  /// - Returns: What ``untrack(_:)`` takes.
  package func track(_ response: some ServedResponse) -> UInt64 {
    let id = nextID()
    let isCutOff = state.withLock { state in
      state.tracked[id] = TrackedResponse(response: response)
      return state.isCuttingOff
    }
    if isCutOff { cutOff([:], [id: response]) }
    return id
  }

  /// The response has ended.
  package func untrack(_ id: UInt64) {
    state.withLock { _ = $0.tracked.removeValue(forKey: id) }
    responseEnded()
  }
}

// The deadlines.
extension AfterResponseService {
  private func cutOffResponses() {
    let (works, tracked, isDrainOver) = state.withLock { state in
      state.isCuttingOff = true
      let isDrainOver =
        state.shutdownStart.map { $0 + settings.drainDeadline.boundedForSleep <= .now } ?? false
      return (state.works, state.tracked.compactMapValues(\.response), isDrainOver)
    }
    cutOff(works, tracked)
    // Work that has begun after its own deadline.
    if isDrainOver { cancelWork() }
  }

  func cutOffResponse(of exchange: ResponseExchange) {
    guard let cut = state.withLock({ $0.works[exchange.work] }) else { return }
    cutOff([exchange.work: cut], [:])
  }

  private func cutOff(_ works: [UInt64: Work], _ tracked: [UInt64: any ServedResponse]) {
    let cut = works.filter { $0.value.response?.cutOff() == true }
    let cutTracked = tracked.filter { $0.value.cutOff() }
    let names = cut.values.map(\.name) + cutTracked.values.map(\.name)
    guard !names.isEmpty else { return }
    state.withLock { state in
      for id in cut.keys { state.works[id]?.isCancelled = true }
    }
    report(cutOff: names)
    releaseConnections(of: Array(cut.keys), tracked: Array(cutTracked.keys))
  }

  /// Names that occur often, as those of event streams do, are one line.
  private func report(cutOff names: [String]) {
    for (name, count) in Dictionary(grouping: names, by: \.self).mapValues(\.count) {
      logger.warning(
        "responses still underway at shutdown were broken off",
        metadata: ["response": "\(name)", "count": "\(count)"])
    }
  }

  /// Cancels what works on after its response, also where it keeps a connection that a server waits for.
  private func cancelWork() {
    let (due, ending) = state.withLock { state in
      let ending = state.works.filter { $0.value.response?.isUnderway != true }
      let due = ending.filter { !$0.value.isCancelled }
      for id in due.keys { state.works[id]?.isCancelled = true }
      return (due, ending)
    }
    report(cancelled: due.values.flatMap(\.cancelledNames))
    for work in due.values { work.cancel() }
    // Also that of a response that was cut off: it begins when the handler has ended.
    for work in ending.values { work.response?.releasedWorks?.shutDown() }
    guard !due.isEmpty else { return }
    releaseConnections(of: Array(due.keys))
  }

  /// Lets the connections go of what was cancelled and doesn't end in time.
  private func releaseConnections(of works: [UInt64], tracked: [UInt64] = []) {
    _ = timers.add(settings.cancellationDeadline) { [weak self] _ in
      guard let self else { return }
      let left = state.withLock { state in
        let left = works.filter { state.works[$0]?.isReleased == false }
        for id in left { state.works[id]?.hasLostConnection = true }
        for id in tracked { state.tracked[id]?.hasLostConnection = true }
        // They are kept until the lock is given back: the last one to go would call `untrack(_:)`.
        return left.compactMap { state.works[$0]?.response as (any ServedResponse)? }
          + tracked.compactMap { state.tracked[$0]?.response }
      }
      for response in left { response.releaseConnection() }
      responseEnded()
    }
  }
}

extension AfterResponseService.State {
  /// Whether no server has to wait for a response, or for a handler that keeps its connection.
  fileprivate var servesNothing: Bool {
    // Looking at the response itself might end it here, with the lock held.
    tracked.values.allSatisfy(\.hasLostConnection)
      && works.values.allSatisfy { work in
        guard let response = work.response else { return work.isReleased }
        return !response.isUnderway && (work.isReleased || work.hasLostConnection)
      }
  }
}
