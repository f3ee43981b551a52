import Logging
import Synchronization

/// The registered work of one response, which starts when its client has the answer.
///
/// Each work item has a task, created at registration so that it has the task-local values of that
/// place. This type gives the tasks their turns, and reports the outcome of each work item once.
final class ReleasedWorks: Sendable {
  /// A registered work item.
  struct Work: Sendable {
    var name: String
    /// The data with which the application can do the work later.
    var payload: (any Codable & Sendable)?
    var order: BufferedResponse.WorkOrder
    /// The maximum time from its start; nil for no limit.
    var deadline: Duration?
  }

  /// The progress of a work item.
  fileprivate enum Progress {
    /// The task hasn't asked for its turn.
    case registered
    /// The task waits for its turn.
    case waiting(CheckedContinuation<Bool, Never>)
    case running(RunningTask?)
    /// The deadline has passed and has been reported, and the work hasn't ended.
    case late
    /// A shutdown has cancelled the work, which hasn't ended.
    case cancelled
    /// The outcome has been reported, or is about to be.
    case settled
  }

  fileprivate struct Entry {
    let work: Work
    var progress = Progress.registered
    var timer: UInt64?
  }

  fileprivate struct State {
    /// The work items that haven't ended, by number.
    var entries: [Int: Entry] = [:]
    /// The numbers of the work items that run in order, as registered; an item that has ended is
    /// removed when it comes first.
    var line: ArraySlice<Int> = []
    var lastID = 0
    var isReleased = false
    var isShutDown = false
    var isHandlerDone = false
    var waiter: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())
  private let service: AfterResponseService
  private let logger: Logger

  init(service: AfterResponseService, logger: Logger) {
    self.service = service
    self.logger = logger
  }

  /// The names of work that isn't done.
  var names: [String] {
    state.withLock { state in
      state.ids.compactMap { id in
        guard let entry = state.entries[id] else { return nil }
        return if case .settled = entry.progress { nil } else { entry.work.name }
      }
    }
  }

  /// Whether the handler and all of its hooks have ended, so that only the work is left.
  var isHandlerDone: Bool { state.withLock(\.isHandlerDone) }

  /// Adds a work item, whose task then calls ``run(_:_:)``.
  ///
  /// - Returns: The item's number; nil if a shutdown has left no time for it, which has then been
  ///   reported.
  func add(_ work: Work) -> Int? {
    let id = state.withLock { state -> Int? in
      guard !state.isShutDown else { return nil }
      state.lastID += 1
      state.entries[state.lastID] = Entry(work: work)
      if work.order == .inOrder { state.line.append(state.lastID) }
      return state.lastID
    }
    if id == nil { service.leave([work], hasStarted: false) }
    return id
  }

  /// Lets the work start, when the client has the answer or never will.
  func release() {
    // If the response ends after the deadline of all work, none of its work may begin.
    guard !service.isWorkOver else { return shutDown() }
    let due = state.withLock { state in
      state.isReleased = true
      return state.ids.compactMap { state.takeDue($0) }
    }
    for continuation in due { continuation.resume(returning: true) }
  }

  /// Runs a work item in the caller's task at its turn.
  func run(_ id: Int, _ operation: @concurrent @Sendable () async throws -> Void) async {
    guard await turn(of: id), let work = begin(id) else { return }
    var failure: (any Error)?
    do {
      try await WorkSpan.run(named: work.name, operation)
    } catch {
      failure = error
    }
    end(id, failure)
  }

  /// Cancels running work, and reports the rest as left undone.
  func shutDown() {
    var (left, ids): ([Work], Set<Int>) = ([], [])
    var (tasks, waiting): ([RunningTask?], [CheckedContinuation<Bool, Never>]) = ([], [])
    state.withLock { state in
      state.isShutDown = true
      for id in state.ids {
        guard let entry = state.entries[id] else { continue }
        switch entry.progress {
        case .registered, .waiting:
          if case .waiting(let continuation) = entry.progress { waiting.append(continuation) }
          left.append(entry.work)
          ids.insert(id)
          state.entries[id]?.progress = .settled
        case .running(let task):
          tasks.append(task)
          state.entries[id]?.progress = .cancelled
        case .late, .cancelled, .settled: break
        }
      }
    }
    for task in tasks { task?.cancel() }
    for continuation in waiting { continuation.resume(returning: false) }
    guard !left.isEmpty else { return }
    service.leave(left, hasStarted: false)
    remove(ids)
  }

  /// Abandons work that ignores its cancellation, and what a handler has registered too late, because
  /// the process is about to end.
  func abandon() {
    shutDown()
    let left = state.withLock { state in
      state.ids.compactMap { id -> Work? in
        guard let entry = state.entries[id], case .cancelled = entry.progress else { return nil }
        state.entries[id]?.progress = .settled
        return entry.work
      }
    }
    service.leave(left, hasStarted: true)
  }

  /// Waits until all work has ended, after the handler is done.
  ///
  /// Cancelling the handler's task doesn't end the wait.
  func ended() async {
    await withCheckedContinuation { waiter in
      let isDone = state.withLock { state in
        state.isHandlerDone = true
        if !state.entries.isEmpty { state.waiter = waiter }
        return state.entries.isEmpty
      }
      if isDone { waiter.resume() }
    }
  }
}

// Turns and outcomes.
extension ReleasedWorks {
  /// Waits for the turn of a work item.
  ///
  /// - Returns: Whether it may run.
  private func turn(of id: Int) async -> Bool {
    await withCheckedContinuation { continuation in
      let isDue = state.withLock { state -> Bool? in
        guard let entry = state.entries[id] else { return false }
        switch entry.progress {
        case .registered where state.isDue(id, entry):
          state.entries[id]?.progress = .running(nil)
          return true
        case .registered:
          state.entries[id]?.progress = .waiting(continuation)
          return nil
        case .waiting, .running, .late, .cancelled, .settled:
          return false
        }
      }
      if let isDue { continuation.resume(returning: isDue) }
    }
  }

  /// Records the task of a work item that begins to run, and starts its deadline.
  private func begin(_ id: Int) -> Work? {
    let task = RunningTask.current
    let (work, isCancelled) = state.withLock { state -> (Work?, Bool) in
      guard let entry = state.entries[id] else { return (nil, false) }
      guard case .running = entry.progress else { return (entry.work, true) }
      state.entries[id]?.progress = .running(task)
      return (entry.work, false)
    }
    if isCancelled { task?.cancel() }
    guard let work, let deadline = work.deadline else { return work }
    let timer = service.timers.add(deadline) { [weak self] _ in self?.deadlinePassed(id) }
    state.withLock { $0.entries[id]?.timer = timer }
    return work
  }

  private func deadlinePassed(_ id: Int) {
    let late = state.withLock { state -> (Work, RunningTask?)? in
      guard let entry = state.entries[id], case .running(let task) = entry.progress
      else { return nil }
      state.entries[id]?.progress = .late
      return (entry.work, task)
    }
    guard let (work, task) = late else { return }
    logger.warning(
      "work after a response was cancelled at its deadline",
      metadata: ["work": "\(work.name)", "deadline": "\(work.deadline ?? .zero)"])
    service.workMetrics.count(.timedOut)
    task?.cancel()
  }

  /// Records that a work item has returned or thrown.
  private func end(_ id: Int, _ failure: (any Error)?) {
    let entry = state.withLock { state -> Entry? in
      defer { state.entries[id]?.progress = .settled }
      return state.entries[id]
    }
    guard let entry else { return }
    if let timer = entry.timer { service.timers.remove(timer) }
    switch (entry.progress, failure) {
    case (.late, _), (.settled, _): break
    case (_, nil): service.workMetrics.count(.done)
    case (.cancelled, _): service.leave([entry.work], hasStarted: true)
    case (_, let failure?):
      logger.error(
        "work after a response failed",
        metadata: ["work": "\(entry.work.name)", "error": "\(failure)"])
      service.workMetrics.count(.failed)
    }
    remove([id])
  }

  /// Removes work items whose outcome has been reported, and resumes the tasks that wait for them.
  private func remove(_ ids: Set<Int>) {
    let (due, waiter) = state.withLock { state in
      for id in ids { state.entries[id] = nil }
      while let first = state.line.first, state.entries[first] == nil { state.line.removeFirst() }
      let due = state.line.first.flatMap { state.takeDue($0) }
      return (due, state.entries.isEmpty ? state.waiter.take() : nil)
    }
    due?.resume(returning: true)
    waiter?.resume()
  }
}

extension ReleasedWorks.State {
  /// The numbers of the work items that haven't ended, as registered.
  fileprivate var ids: [Int] { entries.keys.sorted() }

  /// Whether a work item that hasn't run has its turn.
  fileprivate func isDue(_ id: Int, _ entry: ReleasedWorks.Entry) -> Bool {
    guard isReleased, !isShutDown else { return false }
    return entry.work.order == .concurrently || line.first == id
  }

  /// Takes the task that waits for the turn of a work item, if that has come.
  fileprivate mutating func takeDue(_ id: Int) -> CheckedContinuation<Bool, Never>? {
    guard let entry = entries[id], case .waiting(let continuation) = entry.progress,
      isDue(id, entry)
    else { return nil }
    entries[id]?.progress = .running(nil)
    return continuation
  }
}
