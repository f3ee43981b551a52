import Logging
import Synchronization

extension AfterResponseService {
  /// Work after a response that a shutdown has left undone, for the application to keep.
  public struct UnfinishedWork: Sendable {
    /// The name with which the work was registered.
    public let name: String
    /// The payload with which the work was registered; `JSONEncoder().encode(work.payload)` accepts
    /// it.
    public let payload: any Codable & Sendable
    /// Whether the work had started, so that some of it may be done.
    public let hasStarted: Bool
  }

  /// A function that keeps unfinished work for a later process: see
  /// ``init(settings:logger:keepingUnfinished:)``.
  public typealias Keeping = @Sendable @concurrent ([UnfinishedWork]) async throws -> Void

  /// Whether work after a response has no time left.
  var isWorkOver: Bool {
    guard isShutdownUnderway.load(ordering: .acquiring) else { return false }
    return state.withLock { state in
      state.isCancelling
        || state.shutdownStart.map { $0 + settings.drainDeadline.boundedForSleep <= .now } == true
    }
  }

  /// Records work that a shutdown leaves undone, which is kept for the application or logged by
  /// name.
  func leave(_ works: [ReleasedWorks.Work], hasStarted: Bool) {
    guard !works.isEmpty else { return }
    let named = state.withLock { state -> [String] in
      guard keeping != nil, !state.hasHandedOver else { return works.map(\.name) }
      var named: [String] = []
      for work in works {
        guard let payload = work.payload else {
          named.append(work.name)
          continue
        }
        state.unfinished.append(
          UnfinishedWork(name: work.name, payload: payload, hasStarted: hasStarted))
      }
      return named
    }
    name(unfinished: named)
  }

  /// Logs the names of work that is neither done nor kept.
  private func name(unfinished names: [String]) {
    for name in names {
      logger.warning("work after a response was cancelled", metadata: ["work": "\(name)"])
    }
    workMetrics.count(.cancelled, names.count)
  }

  /// All work that responses have registered.
  var releasedWorks: [ReleasedWorks] {
    state.withLock { $0.works.values.compactMap(\.response) }.compactMap(\.releasedWorks)
  }

  /// Hands unfinished work to the application, within the deadline for that.
  func handOverUnfinished() async {
    let works = state.withLock { state in
      state.hasHandedOver = true
      defer { state.unfinished = [] }
      return state.unfinished
    }
    guard let keeping, !works.isEmpty else { return }
    let names = works.map(\.name)
    let answer = Handoff<Result<Void, any Error>>()
    let task = Task {
      do {
        try await keeping(works)
        try? await answer.give(.success(()))
      } catch {
        try? await answer.give(.failure(error))
      }
    }
    let taken = await answer.take(within: settings.keepingDeadline)
    answer.close()
    switch taken {
    case .value(.success):
      workMetrics.count(.kept, works.count)
      return logger.info(
        "unfinished work was kept",
        metadata: ["count": "\(works.count)", "work": "\(Self.summary(of: names))"])
    case .value(.failure(let error)):
      logger.error("unfinished work was not kept", metadata: ["error": "\(error)"])
    case .timedOut, .closed:
      task.cancel()
      logger.error(
        "unfinished work was not kept",
        metadata: ["error": "no answer within \(settings.keepingDeadline)"])
    }
    name(unfinished: names)
  }
}
