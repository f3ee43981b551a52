extension BufferedResponse {
  /// The order in which a response's registered work runs.
  public struct WorkOrder: Sendable, Hashable {
    private enum Kind {
      case inOrder, concurrently
    }

    private let kind: Kind

    /// The work starts when all `inOrder` work that was registered before it has ended.
    public static var inOrder: WorkOrder { WorkOrder(kind: .inOrder) }
    /// The work runs concurrently with all other work.
    public static var concurrently: WorkOrder { WorkOrder(kind: .concurrently) }
  }

  /// Registers work that starts when the client has the whole answer.
  ///
  /// ```swift
  /// try response.afterRelease(named: "receipt", deadline: .seconds(20)) {
  ///   try await mailer.sendReceipt(for: order)
  /// }
  /// ```
  ///
  /// The client has the answer when the transport has taken the end of the message: after
  /// ``finish(_:)`` or the handler's return, or, for HEAD and with a status that has no content,
  /// after the commit. Work that is registered later starts at once. If the handler fails or the
  /// client leaves, the work starts when the handler has ended: registered work runs, whatever
  /// happens to the response.
  ///
  /// Each work item runs in its own task, with the task-local values of the place where it is
  /// registered. A client's disconnect, ``setTimeLimit(_:)`` and enclosing middleware don't cancel
  /// it. An error is counted and logged with the response's ``logger``, and doesn't stop work that
  /// was registered later. The work and the handler count as one handler of the
  /// ``AfterResponseService``: if the service is full, the connection serves its next request when
  /// the work has ended, although its client already has the answer.
  ///
  /// At a shutdown, work may run until ``AfterResponseService/Settings/drainDeadline``. Then it is
  /// cancelled and logged by name, as is work that hasn't started. Register work that has to
  /// survive a shutdown with a payload: ``afterRelease(named:payload:runs:deadline:_:)``.
  ///
  /// - Parameters:
  ///   - name: The work's name in logs and traces.
  ///   - order: The order in which it runs, relative to this response's other work.
  ///   - deadline: The maximum time from its start, after which it is cancelled and logged by name;
  ///     nil for no limit.
  ///   - work: The work.
  /// - Throws: ``ResponseError/Code/ended`` after the handler has ended and its ``atEnd(_:)`` hooks
  ///   have run.
  public func afterRelease(
    named name: String,
    runs order: WorkOrder = .inOrder,
    deadline: Duration? = nil,
    _ work: @escaping @Sendable @concurrent () async throws -> Void
  ) throws(ResponseError) {
    try register(.init(name: name, payload: nil, order: order, deadline: deadline), work)
  }

  /// Registers work that starts when the client has the whole answer, and that can be kept if a
  /// shutdown interrupts it.
  ///
  /// ```swift
  /// try response.afterRelease(named: "receipt", payload: order) { order in
  ///   try await mailer.sendReceipt(for: order)
  /// }
  /// ```
  ///
  /// It behaves like ``afterRelease(named:runs:deadline:_:)``. Work that a shutdown cancels or
  /// prevents from starting is handed to the application with its name and payload: see
  /// ``AfterResponseService/init(settings:logger:keepingUnfinished:)``. Cancelled work that returns
  /// counts as done; it must throw if it isn't.
  ///
  /// - Parameters:
  ///   - name: The work's name in logs and traces.
  ///   - payload: The data with which the application can do the work later.
  ///   - order: The order in which it runs, relative to this response's other work.
  ///   - deadline: The maximum time from its start, after which it is cancelled and logged by name;
  ///     nil for no limit.
  ///   - work: The work, which receives the payload.
  /// - Throws: ``ResponseError/Code/ended`` after the handler has ended and its ``atEnd(_:)`` hooks
  ///   have run.
  public func afterRelease<Payload: Codable & Sendable>(
    named name: String,
    payload: Payload,
    runs order: WorkOrder = .inOrder,
    deadline: Duration? = nil,
    _ work: @escaping @Sendable @concurrent (Payload) async throws -> Void
  ) throws(ResponseError) {
    try register(.init(name: name, payload: payload, order: order, deadline: deadline)) {
      try await work(payload)
    }
  }

  /// Whether the client has the whole answer.
  private var hasAnswered: Bool {
    switch phase {
    case .finished, .over: true
    case .open, .begun, .failed, .lost, .concluded: false
    }
  }

  private func register(
    _ work: ReleasedWorks.Work, _ operation: @escaping @Sendable @concurrent () async throws -> Void
  ) throws(ResponseError) {
    if case .concluded = phase {
      throw ResponseError(code: .ended, message: "the handler of this response has returned")
    }
    let works = releasedWorks ?? ReleasedWorks(service: exchange.service, logger: logger)
    if releasedWorks == nil {
      releasedWorks = works
      exchange.setReleasedWorks(works)
      if hasAnswered || hooks.isAtEnd { works.release() }
    }
    guard let id = works.add(work) else { return }
    Task { await works.run(id, operation) }
  }
}
