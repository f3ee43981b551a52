import Logging
import Synchronization

/// The registered work of one response, which starts when its client has the answer.
///
/// Each work has a task, created at registration so that it has the task-local values of that
/// place. This type gives the tasks their turns, and reports the outcome of each work once.
final class ReleasedWorks: Sendable {
  /// A registered work.
  struct Work: Sendable {
    var name: String
    /// The data with which the application can do the work later.
    var payload: (any Codable & Sendable)?
    var order: BufferedResponse.WorkOrder
    /// The maximum time from its start; nil for no limit.
    var deadline: Duration?
  }

  /// The progress of a work.
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
    let id: Int
    let work: Work
    var progress = Progress.registered
    var timer: UInt64?
  }

  fileprivate struct State {
    var entries: [Entry] = []
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
      state.entries.filter { if case .settled = $0.progress { false } else { true } }
        .map(\.work.name)
    }
  }

  /// Whether the handler and all of its hooks have ended, so that only the work is left.
  var isHandlerDone: Bool { state.withLock(\.isHandlerDone) }

  /// Adds a work, whose task then calls ``run(_:_:)``.
  ///
  /// - Returns: The work's number; nil if a shutdown has left no time for it, which has then been
  ///   reported.
  func add(_ work: Work) -> Int? {
    let id = state.withLock { state -> Int? in
      guard !state.isShutDown else { return nil }
      state.lastID += 1
      state.entries.append(Entry(id: state.lastID, work: work))
      return state.lastID
    }
    if id == nil { service.leave([work], hasStarted: false) }
    return id
  }

  /// Lets the work start, when the client has the answer or never will.
  func release() {
    // If the response ends after the deadline of all work, none of its work may begin.
    guard !service.isWorkOver else { return shutDown() }
    state.withLock { state in
      state.isReleased = true
      return state.takeDue()
    }.begin()
  }

  /// Runs a work in the caller's task at its turn.
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
      for index in state.entries.indices {
        let entry = state.entries[index]
        switch entry.progress {
        case .registered, .waiting:
          if case .waiting(let continuation) = entry.progress { waiting.append(continuation) }
          left.append(entry.work)
          ids.insert(entry.id)
          state.entries[index].progress = .settled
        case .running(let task):
          tasks.append(task)
          state.entries[index].progress = .cancelled
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

  /// Abandons work that ignores its cancellation, because the process is about to end.
  func abandon() {
    let left = state.withLock { state in
      state.entries.indices.compactMap { index -> Work? in
        guard case .cancelled = state.entries[index].progress else { return nil }
        state.entries[index].progress = .settled
        return state.entries[index].work
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
  /// Waits for a work's turn.
  ///
  /// - Returns: Whether the work may run.
  private func turn(of id: Int) async -> Bool {
    await withCheckedContinuation { continuation in
      let isDue = state.withLock { state -> Bool? in
        guard let index = state.index(of: id) else { return false }
        switch state.entries[index].progress {
        case .registered where state.isDue(index):
          state.entries[index].progress = .running(nil)
          return true
        case .registered:
          state.entries[index].progress = .waiting(continuation)
          return nil
        case .waiting, .running, .late, .cancelled, .settled:
          return false
        }
      }
      if let isDue { continuation.resume(returning: isDue) }
    }
  }

  /// Records the task of a work that begins to run, and starts its deadline.
  private func begin(_ id: Int) -> Work? {
    let task = RunningTask.current
    let (work, isCancelled) = state.withLock { state -> (Work?, Bool) in
      guard let index = state.index(of: id) else { return (nil, false) }
      if case .running = state.entries[index].progress {
        state.entries[index].progress = .running(task)
        return (state.entries[index].work, false)
      }
      return (state.entries[index].work, true)
    }
    if isCancelled { task?.cancel() }
    guard let work, let deadline = work.deadline else { return work }
    let timer = service.timers.add(deadline) { [weak self] _ in self?.deadlinePassed(id) }
    state.withLock { state in
      if let index = state.index(of: id) { state.entries[index].timer = timer }
    }
    return work
  }

  private func deadlinePassed(_ id: Int) {
    let late = state.withLock { state -> (Work, RunningTask?)? in
      guard let index = state.index(of: id),
        case .running(let task) = state.entries[index].progress
      else { return nil }
      state.entries[index].progress = .late
      return (state.entries[index].work, task)
    }
    guard let (work, task) = late else { return }
    logger.warning(
      "work after a response was cancelled at its deadline",
      metadata: ["work": "\(work.name)", "deadline": "\(work.deadline ?? .zero)"])
    service.workMetrics.count(.timedOut)
    task?.cancel()
  }

  /// Records that a work has returned or thrown.
  private func end(_ id: Int, _ failure: (any Error)?) {
    let entry = state.withLock { state -> Entry? in
      guard let index = state.index(of: id) else { return nil }
      defer { state.entries[index].progress = .settled }
      return state.entries[index]
    }
    guard let entry else { return }
    if let timer = entry.timer { service.timers.remove(timer) }
    switch entry.progress {
    case .running, .cancelled, .registered, .waiting:
      guard let failure else {
        service.workMetrics.count(.done)
        break
      }
      if case .cancelled = entry.progress {
        service.leave([entry.work], hasStarted: true)
      } else {
        logger.error(
          "work after a response failed",
          metadata: ["work": "\(entry.work.name)", "error": "\(failure)"])
        service.workMetrics.count(.failed)
      }
    case .late, .settled: break
    }
    remove([id])
  }

  /// Removes works whose outcome has been reported, and resumes the tasks that wait for them.
  private func remove(_ ids: Set<Int>) {
    let (due, waiter) = state.withLock { state in
      state.entries.removeAll { ids.contains($0.id) }
      return (state.takeDue(), state.entries.isEmpty ? state.waiter.take() : nil)
    }
    due.begin()
    waiter?.resume()
  }
}

extension ReleasedWorks.State {
  fileprivate func index(of id: Int) -> Int? { entries.firstIndex { $0.id == id } }

  /// Whether a work that hasn't run has its turn.
  fileprivate func isDue(_ index: Int) -> Bool {
    guard isReleased, !isShutDown else { return false }
    return entries[index].work.order == .concurrently
      || !entries[..<index].contains { $0.work.order == .inOrder }
  }

  /// Takes the tasks whose turn has come.
  fileprivate mutating func takeDue() -> [CheckedContinuation<Bool, Never>] {
    var due: [CheckedContinuation<Bool, Never>] = []
    for index in entries.indices where isDue(index) {
      guard case .waiting(let continuation) = entries[index].progress else { continue }
      entries[index].progress = .running(nil)
      due.append(continuation)
    }
    return due
  }
}

extension [CheckedContinuation<Bool, Never>] {
  /// Resumes the tasks, so that their work begins.
  fileprivate func begin() {
    for continuation in self { continuation.resume(returning: true) }
  }
}
