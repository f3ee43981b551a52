public import Logging
import Metrics
import Synchronization

/// The owner of handlers, above all of what they do after their response has ended.
///
/// Work that has released its connection isn't bounded by connections any more: the service bounds its
/// number.
///
/// A shutdown has two sides. ``beginShutdown()`` tells the responses that are underway, and breaks off those
/// that are still underway after ``Settings/responseDeadline``, so that the server can end. ``drain()`` waits
/// for the work that goes on after its response, up to ``Settings/drainDeadline``. What is cancelled is
/// logged by name.
///
/// With the trait `ServiceLifecycle` it is a `Service` of swift-service-lifecycle and drains at graceful
/// shutdown. Without, run the server inside ``run(_:)``, or call ``drain()`` when it has ended.
public final class AfterResponseService: Sendable {
  /// The settings of an ``AfterResponseService``.
  public struct Settings: Sendable {
    /// How many handlers may work on after their response has released its connection.
    ///
    /// One more keeps its connection until it is done, or is refused: see
    /// ``ResponseBuffering/Settings/admission``. In HTTP/2 that is the connection's next streams waiting for
    /// it.
    public var maximumReleasedHandlers: Int
    /// How long a response may be underway after shutdown has begun.
    ///
    /// Then its handler is cancelled and its message broken off, so that the client can tell; where nothing
    /// of it was sent, it is answered with 503. A response that is finished isn't touched: the work after it
    /// has the ``drainDeadline``.
    public var responseDeadline: Duration
    /// How long work may go on after its response once shutdown has begun; then it is cancelled.
    public var drainDeadline: Duration
    /// How long cancelled work and cancelled handlers are waited for.
    public var cancellationDeadline: Duration

    /// Makes settings.
    ///
    /// - Parameters:
    ///   - maximumReleasedHandlers: How many handlers may work on after their response.
    ///   - responseDeadline: How long a response may be underway after shutdown has begun.
    ///   - drainDeadline: How long work may go on after its response once shutdown has begun.
    ///   - cancellationDeadline: How long cancelled work and cancelled handlers are waited for.
    public init(
      maximumReleasedHandlers: Int = 1024,
      responseDeadline: Duration = .seconds(30),
      drainDeadline: Duration = .seconds(30),
      cancellationDeadline: Duration = .seconds(2)
    ) {
      self.maximumReleasedHandlers = max(0, maximumReleasedHandlers)
      self.responseDeadline = responseDeadline
      self.drainDeadline = drainDeadline
      self.cancellationDeadline = cancellationDeadline
    }
  }

  struct Work {
    var name: String
    var task: Task<Void, Never>?
    /// The response whose handler it is; nil where there is none.
    var response: (any ServedResponse)?
    var isReleased = false
    /// Whether its connection isn't kept for it any longer, although the work wasn't admitted.
    var hasLostConnection = false
    /// Whether it was cancelled, perhaps before its task was known.
    var isCancelled = false
  }

  struct State {
    var nextID: UInt64 = 0
    var works: [UInt64: Work] = [:]
    var releasedCount = 0
    var isDraining = false
    /// Whether something will drain at shutdown.
    var isOwned = false
    var hasReleasedWork = false
    /// When the shutdown began.
    var shutdownStart: ContinuousClock.Instant?
    /// Whether the deadline for responses has passed.
    var isCuttingOff = false
    /// Responses of which the service runs no handler.
    var tracked: [UInt64: TrackedResponse] = [:]
    var shutdownWaiters: [UInt64: ShutdownWaiter] = [:]
    var responseWaiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
    /// Whether the deadline for what runs has passed.
    var isCancelling = false
    var emptyWaiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
    /// Those whose deadline passed before they waited.
    var expiredWaiters: Set<UInt64> = []
  }

  /// The settings of the service.
  public let settings: Settings
  let logger: Logger
  let state = Mutex(State())
  let timers = TimeLimits()
  /// Written with the lock held; a handler may ask often.
  let isShutdownUnderway = Atomic(false)
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
  /// - Returns: Whether the work was admitted. It was not started, and never will be, when the service is full
  ///   or draining: the caller has to do it, or to say that it isn't done.
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
    _ id: UInt64, for response: (any ServedResponse)? = nil,
    _ operation: @escaping @Sendable () async -> Void
  ) -> Task<Void, Never> {
    let task = Task {
      await operation()
      remove(id)
    }
    let (isCancelled, late, isCutOff) = state.withLock { state in
      state.works[id]?.task = task
      state.works[id]?.response = response
      let isCancelled = state.works[id]?.isCancelled == true
      guard state.isCancelling, !isCancelled else {
        return (isCancelled, Work?.none, state.isCuttingOff)
      }
      state.works[id]?.isCancelled = true
      return (true, state.works[id], state.isCuttingOff)
    }
    if let late { report(cancelled: [late]) }
    if isCancelled { task.cancel() }
    if isCutOff { cutOffResponse(of: id) }
    return task
  }

  /// Admits work to go on without its connection.
  func admit(_ id: UInt64) -> Bool {
    let (isAdmitted, orphan) = state.withLock { state -> (Bool, String?) in
      guard !state.isDraining, state.releasedCount < settings.maximumReleasedHandlers,
        state.works[id]?.isReleased == false
      else { return (false, nil) }
      state.works[id]?.isReleased = true
      state.releasedCount += 1
      let isFirst = !state.isOwned && !state.hasReleasedWork
      state.hasReleasedWork = true
      return (true, isFirst ? state.works[id]?.name : nil)
    }
    guard isAdmitted else { return false }
    recordRunning()
    if let orphan { warnUnlessOwned(releasing: orphan) }
    responseEnded()
    return true
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
    responseEnded()
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
