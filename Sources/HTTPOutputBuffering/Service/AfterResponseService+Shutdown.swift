import Logging
import Synchronization

extension AfterResponseService {
  /// Begins the shutdown, in which the server accepts no more connections and waits for its
  /// responses.
  ///
  /// ``shutdown`` and ``BufferedResponse/shutdown`` signal it at once. Responses still underway
  /// after ``Settings/responseDeadline`` are cancelled and aborted. Work after a finished response
  /// may run until ``Settings/drainDeadline``, counted from this call.
  ///
  /// Adapters call it as soon as they notice the shutdown. An application that stops a server
  /// itself calls it too. Only the first call has an effect; it doesn't wait.
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

  /// The signal of the shutdown, for work that isn't a response's handler.
  public var shutdown: ShutdownSignal { ShutdownSignal(service: self, exchange: nil) }

  /// Waits until no response is underway and no handler keeps its connection, or the caller's task
  /// is cancelled.
  ///
  /// For servers that can't wait for their responses themselves. The shutdown begins if it hasn't;
  /// its deadlines bound the wait.
  public func responsesEnded() async {
    beginShutdown()
    await wait(in: \.responseWaiters) { $0.servesNothing }
  }

  /// Records that a response has ended or was aborted, or that its handler is released.
  func responseEnded() {
    guard isShutdownUnderway.load(ordering: .acquiring) else { return }
    state.withLock { state in
      state.responseWaiters.count > 0 && state.servesNothing ? state.responseWaiters.takeAll() : []
    }.resume()
  }

  /// Waits until a shutdown has begun, the time is up, or the task is cancelled.
  func waitForShutdown(of exchange: ResponseExchange?, within limit: Duration?) async {
    await wait(in: \.shutdownWaiters, for: exchange.map(ObjectIdentifier.init), within: limit) {
      $0.shutdownStart != nil
        || exchange?.isConnectionShuttingDown.load(ordering: .acquiring) == true
    }
  }

  /// Begins the shutdown of one response's connection, and perhaps of no other.
  func beginShutdown(of exchange: ResponseExchange) {
    state.withLock { $0.shutdownWaiters.take(for: ObjectIdentifier(exchange)) }.resume()
    _ = timers.add(settings.responseDeadline) { [weak self, weak exchange] _ in
      if let exchange { self?.cutOffResponse(of: exchange) }
    }
  }
}

// Responses without a handler in the service.
extension AfterResponseService {
  /// Tracks a response, which is aborted at the deadline, until ``untrack(_:)`` is called.
  ///
  /// - Parameter response: The response, which isn't retained, and whose deinitializer has to untrack
  ///   it.
  package func track(_ response: some ServedResponse) {
    let isCutOff = state.withLock { state in
      state.tracked[ObjectIdentifier(response)] = TrackedResponse(response: response)
      return state.isCuttingOff
    }
    if isCutOff { cutOff([:], [response]) }
  }

  /// Stops tracking a response, which has ended.
  package func untrack(_ response: ObjectIdentifier) {
    state.withLock { _ = $0.tracked.removeValue(forKey: response) }
    responseEnded()
  }
}

// The deadlines.
extension AfterResponseService {
  private func cutOffResponses() {
    let (works, tracked) = state.withLock { state in
      state.isCuttingOff = true
      return (state.works, state.tracked.values.compactMap(\.response))
    }
    cutOff(works, tracked)
    // Work that began after its own deadline.
    if isWorkOver { cancelWork() }
  }

  func cutOffResponse(of exchange: ResponseExchange) {
    guard let cut = state.withLock({ $0.works[exchange.work] }) else { return }
    cutOff([exchange.work: cut], [])
  }

  private func cutOff(_ works: [UInt64: Work], _ tracked: [any ServedResponse]) {
    let cut = works.filter { $0.value.response?.cutOff() == true }
    let cutTracked = tracked.filter { $0.cutOff() }
    let names = cut.values.map(\.name) + cutTracked.map(\.name)
    guard !names.isEmpty else { return }
    state.withLock { state in
      for id in cut.keys { state.works[id]?.isCancelled = true }
    }
    report(cutOff: names)
    releaseConnections(
      of: Array(cut.keys), tracked: cutTracked.map { TrackedResponse(response: $0) })
  }

  /// Frequent names, such as those of event streams, share one line.
  private func report(cutOff names: [String]) {
    for (name, count) in Dictionary(grouping: names, by: \.self).mapValues(\.count) {
      logger.warning(
        "responses still underway at shutdown were aborted",
        metadata: ["response": "\(name)", "count": "\(count)"])
    }
  }

  /// Cancels work after a response, including work that keeps a connection for which a server
  /// waits.
  private func cancelWork() {
    let (due, ending) = state.withLock { state in
      let ending = state.works.filter { $0.value.response?.isUnderway != true }
      let due = ending.filter { !$0.value.isCancelled }
      for id in due.keys { state.works[id]?.isCancelled = true }
      return (due, ending)
    }
    report(cancelled: due.values.flatMap(\.cancelledNames))
    for work in due.values { work.cancel() }
    // Includes the work of an aborted response, which begins when its handler has ended.
    for work in ending.values { work.response?.releasedWorks?.shutDown() }
    guard !due.isEmpty else { return }
    releaseConnections(of: Array(due.keys))
  }

  /// Releases the connections of cancelled work that doesn't end in time.
  private func releaseConnections(of works: [UInt64], tracked: [TrackedResponse] = []) {
    _ = timers.add(settings.cancellationDeadline) { [weak self] _ in
      guard let self else { return }
      // Retains the responses, since a deinitializer would call `untrack(_:)` with the lock held.
      let tracked = tracked.compactMap(\.response)
      let left = state.withLock { state in
        let left = works.filter { state.works[$0]?.isReleased == false }
        for id in left { state.works[id]?.hasLostConnection = true }
        for response in tracked {
          state.tracked[ObjectIdentifier(response)]?.hasLostConnection = true
        }
        return left.compactMap { state.works[$0]?.response }
      }
      for response in left { response.releaseConnection() }
      for response in tracked { response.releaseConnection() }
      responseEnded()
    }
  }
}

extension AfterResponseService.State {
  /// Whether servers have no response, and no handler that keeps its connection, to wait for.
  fileprivate var servesNothing: Bool {
    // Accessing the response itself might deinitialize it here, with the lock held.
    tracked.values.allSatisfy(\.hasLostConnection)
      && works.values.allSatisfy { work in
        guard let response = work.response else { return work.isReleased }
        return !response.isUnderway && (work.isReleased || work.hasLostConnection)
      }
  }
}
