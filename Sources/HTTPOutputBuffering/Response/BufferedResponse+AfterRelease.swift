extension BufferedResponse {
  /// When one work after a response runs, as the others of the same response are concerned.
  public struct WorkOrder: Sendable, Hashable {
    private enum Kind {
      case inOrder, concurrently
    }

    private let kind: Kind

    /// When all work in order that was registered before has ended.
    public static var inOrder: WorkOrder { WorkOrder(kind: .inOrder) }
    /// Beside all others.
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
  /// The client has it when the transport has taken the end of the message: after ``finish(_:)``,
  /// or after the handler's return; to HEAD, and with a status that has no content, after the
  /// commit. Work that is registered later starts at once. Where there is no such end, because the
  /// handler fails or the client leaves, the work starts when the handler has ended: what was
  /// registered runs, whatever becomes of the response.
  ///
  /// Each work runs in a task of its own, with the task-local values of the place where it is
  /// registered. No client that leaves, no ``setTimeLimit(_:)`` and no middleware around cancels
  /// it. An error is logged by the response's ``logger`` and counted, and touches nothing else:
  /// what was registered after it runs. The work and the handler count as one handler of the
  /// ``AfterResponseService``: where that is full, the connection serves its next request when the
  /// work has ended, and its client has the answer all the same.
  ///
  /// At a shutdown work has ``AfterResponseService/Settings/drainDeadline``. Then it is cancelled
  /// and logged by name, as is what hasn't started. Work that is to survive that is registered with
  /// a payload: ``afterRelease(named:payload:runs:deadline:_:)``.
  ///
  /// - Parameters:
  ///   - name: The work's name in logs and traces.
  ///   - order: When it runs, as the others of this response are concerned.
  ///   - deadline: The time it has from its start; then it is cancelled, and that is logged by
  ///     name. Nil for any.
  ///   - work: What to do.
  /// - Throws: ``ResponseError/Code/ended`` when the handler has ended, and its ``atEnd(_:)`` hooks
  ///   have run.
  public func afterRelease(
    named name: String,
    runs order: WorkOrder = .inOrder,
    deadline: Duration? = nil,
    _ work: @escaping @Sendable @concurrent () async throws -> Void
  ) throws(ResponseError) {
    try register(.init(name: name, payload: nil, order: order, deadline: deadline), work)
  }

  /// Registers work that starts when the client has the whole answer, and can be kept where it
  /// isn't done at a shutdown.
  ///
  /// ```swift
  /// try response.afterRelease(named: "receipt", payload: order) { order in
  ///   try await mailer.sendReceipt(for: order)
  /// }
  /// ```
  ///
  /// It is as ``afterRelease(named:runs:deadline:_:)``. What a shutdown cancels, or doesn't let
  /// start, is handed to the application with its name and payload: see
  /// ``AfterResponseService/init(settings:logger:keepingUnfinished:)``. Work that returns although
  /// it was cancelled is done; let it throw where it isn't.
  ///
  /// - Parameters:
  ///   - name: The work's name in logs and traces.
  ///   - payload: What the application needs to do the work elsewhere.
  ///   - order: When it runs, as the others of this response are concerned.
  ///   - deadline: The time it has from its start; then it is cancelled, and that is logged by
  ///     name. Nil for any.
  ///   - work: What to do; it gets the payload.
  /// - Throws: ``ResponseError/Code/ended`` when the handler has ended, and its ``atEnd(_:)`` hooks
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
