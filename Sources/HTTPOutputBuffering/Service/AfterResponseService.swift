public import Logging
import Metrics
import Synchronization

/// The owner of handlers, above all of what they do after their response has ended.
///
/// Work that has released its connection isn't bounded by connections any more: the service bounds its
/// number. At shutdown it drains: new work keeps its connection, what runs has until a deadline, then
/// it is cancelled and logged by name.
///
/// With the trait `ServiceLifecycle` it is a `Service` of swift-service-lifecycle and drains at graceful
/// shutdown; without, ``drain()`` is to be called.
public final class AfterResponseService: Sendable {
  /// The settings of an ``AfterResponseService``.
  public struct Settings: Sendable {
    /// How many handlers may work on after their response has released its connection.
    ///
    /// One more keeps its connection until it is done, or is refused: see
    /// ``ResponseBuffering/Settings/admission``. In HTTP/2 that is the connection's next streams waiting for
    /// it.
    public var maximumReleasedHandlers: Int
    /// How long released work may go on after shutdown has begun; then it is cancelled.
    public var drainDeadline: Duration
    /// How long cancelled work is waited for.
    public var cancellationDeadline: Duration

    /// Makes settings.
    ///
    /// - Parameters:
    ///   - maximumReleasedHandlers: How many handlers may work on after their response.
    ///   - drainDeadline: How long released work may go on after shutdown has begun.
    ///   - cancellationDeadline: How long cancelled work is waited for.
    public init(
      maximumReleasedHandlers: Int = 1024,
      drainDeadline: Duration = .seconds(30),
      cancellationDeadline: Duration = .seconds(2)
    ) {
      self.maximumReleasedHandlers = max(0, maximumReleasedHandlers)
      self.drainDeadline = drainDeadline
      self.cancellationDeadline = cancellationDeadline
    }
  }

  struct Work {
    var name: String
    var task: Task<Void, Never>?
    var isReleased = false
    /// Whether it was cancelled, perhaps before its task was known.
    var isCancelled = false
  }

  struct State {
    var nextID: UInt64 = 0
    var works: [UInt64: Work] = [:]
    var releasedCount = 0
    var isDraining = false
    /// Whether the deadline for what runs has passed.
    var isCancelling = false
    var emptyWaiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
    /// Those whose deadline passed before they waited.
    var expiredWaiters: Set<UInt64> = []
  }

  let settings: Settings
  let logger: Logger
  let state = Mutex(State())
  private let running = Mutex(Gauge(label: "output_buffering_after_response_running"))
  private let drained = Counter(label: "output_buffering_after_response_drained")
  let cancelled = Counter(label: "output_buffering_after_response_cancelled")

  /// Makes a service.
  ///
  /// - Parameters:
  ///   - settings: Its limits.
  ///   - logger: Gets the names of what had to be cancelled.
  public init(
    settings: Settings = Settings(),
    logger: Logger = Logger(label: "swift-output-buffering.AfterResponseService")
  ) {
    self.settings = settings
    self.logger = logger
  }

  /// How many handlers work on after their response has released its connection.
  public var releasedCount: Int { state.withLock { $0.releasedCount } }

  /// How many handlers there are, before and after the end of their response.
  public var handlerCount: Int { state.withLock { $0.works.count } }

  /// Whether the service admits no more work: it is full or draining.
  public var isExhausted: Bool {
    state.withLock { $0.isDraining || $0.releasedCount >= settings.maximumReleasedHandlers }
  }

  /// Runs work that nobody waits for, in a task that the service owns.
  ///
  /// - Parameters:
  ///   - name: The work's name in logs.
  ///   - operation: The work; its task has the caller's task-local values.
  /// - Returns: Whether the work was admitted; it was not started when the service is full or draining.
  @discardableResult
  public func submit(
    named name: String, _ operation: @escaping @Sendable () async -> Void
  ) -> Bool {
    let id = register(named: name)
    guard admit(id) else {
      remove(id, hasRun: false)
      return false
    }
    start(id, operation)
    return true
  }

  /// Makes room for work; it is counted as released only when admitted.
  func register(named name: String) -> UInt64 {
    state.withLock { state in
      state.nextID += 1
      state.works[state.nextID] = Work(name: name)
      return state.nextID
    }
  }

  /// Runs registered work in a task of its own.
  @discardableResult
  func start(
    _ id: UInt64, _ operation: @escaping @Sendable () async -> Void
  ) -> Task<Void, Never> {
    let task = Task {
      await operation()
      remove(id)
    }
    let (isCancelled, late) = state.withLock { state in
      state.works[id]?.task = task
      let isCancelled = state.works[id]?.isCancelled == true
      guard state.isCancelling, !isCancelled else { return (isCancelled, Work?.none) }
      state.works[id]?.isCancelled = true
      return (true, state.works[id])
    }
    if let late { report(cancelled: [late]) }
    if isCancelled { task.cancel() }
    return task
  }

  /// Admits work to go on without its connection.
  func admit(_ id: UInt64) -> Bool {
    let isAdmitted = state.withLock { state in
      guard !state.isDraining, state.releasedCount < settings.maximumReleasedHandlers,
        state.works[id]?.isReleased == false
      else { return false }
      state.works[id]?.isReleased = true
      state.releasedCount += 1
      return true
    }
    if isAdmitted { recordRunning() }
    return isAdmitted
  }

  func remove(_ id: UInt64, hasRun: Bool = true) {
    let (waiters, wasReleased, isDrained) = state.withLock { state in
      let work = state.works.removeValue(forKey: id)
      let wasReleased = work?.isReleased == true
      if wasReleased { state.releasedCount -= 1 }
      let isDrained = hasRun && state.isDraining && work?.isCancelled == false
      return (state.takeEmptyWaiters(), wasReleased, isDrained)
    }
    if wasReleased { recordRunning() }
    if isDrained { drained.increment() }
    for waiter in waiters { waiter.resume() }
  }

  /// Whatever the order of two calls, the last one records the last count.
  private func recordRunning() {
    running.withLock { $0.record(releasedCount) }
  }
}

extension AfterResponseService.State {
  mutating func takeEmptyWaiters() -> [CheckedContinuation<Void, Never>] {
    guard works.isEmpty else { return [] }
    defer { emptyWaiters = [:] }
    return Array(emptyWaiters.values)
  }
}
