public import Logging
import Metrics
import Synchronization

/// The owner of handlers, including their work after the end of their response.
///
/// The number of connections doesn't limit work that has released its connection, so the service
/// limits it.
///
/// A shutdown has two parts. ``beginShutdown()`` notifies the responses that are underway, and
/// aborts those still underway after ``Settings/responseDeadline``, so that the server can end.
/// ``drain()`` waits for work that continues after its response, up to ``Settings/drainDeadline``.
/// Cancelled work is logged by name.
///
/// With the trait `ServiceLifecycle`, the type is a `Service` of swift-service-lifecycle and drains
/// at graceful shutdown. Without it, run the server inside ``run(_:)``, or call ``drain()`` when
/// the server has ended.
public final class AfterResponseService: Sendable {
  /// The settings of an ``AfterResponseService``.
  public struct Settings: Sendable {
    /// The number of handlers that may continue after their response has released its connection;
    /// 1024 by default.
    ///
    /// A further handler keeps its connection until it is done, or is refused: see
    /// ``ResponseSettings/admission``. In HTTP/2 the connection's next streams then wait for it.
    public var maximumReleasedHandlers: Int
    /// The time for which a response may be underway after a shutdown has begun; 30 s by default.
    ///
    /// Then its handler is cancelled and its message aborted, so that the client can detect it; if
    /// nothing was sent, it is answered with 503. This doesn't affect a finished response, whose
    /// work has the ``drainDeadline``.
    public var responseDeadline: Duration
    /// The time for which work may continue after its response once a shutdown has begun; 30 s by
    /// default.
    ///
    /// Then the work is cancelled.
    public var drainDeadline: Duration
    /// The time for which cancelled work and cancelled handlers are waited for; 2 s by default.
    public var cancellationDeadline: Duration
    /// The time after that in which the application can keep unfinished work; 3 s by default.
    ///
    /// See ``AfterResponseService/init(settings:logger:keepingUnfinished:)``.
    public var keepingDeadline: Duration

    /// Creates settings.
    ///
    /// - Parameters:
    ///   - maximumReleasedHandlers: The number of handlers that may continue after their response.
    ///   - responseDeadline: The time for which a response may be underway after a shutdown has
    ///     begun.
    ///   - drainDeadline: The time for which work may continue after its response once a shutdown
    ///     has begun.
    ///   - cancellationDeadline: The time for which cancelled work and cancelled handlers are
    ///     waited for.
    ///   - keepingDeadline: The time in which the application can keep unfinished work.
    public init(
      maximumReleasedHandlers: Int = 1024,
      responseDeadline: Duration = .seconds(30),
      drainDeadline: Duration = .seconds(30),
      cancellationDeadline: Duration = .seconds(2),
      keepingDeadline: Duration = .seconds(3)
    ) {
      self.maximumReleasedHandlers = max(0, maximumReleasedHandlers)
      self.responseDeadline = responseDeadline
      self.drainDeadline = drainDeadline
      self.cancellationDeadline = cancellationDeadline
      self.keepingDeadline = keepingDeadline
    }
  }

  struct Work {
    enum Origin {
      /// The handler of a response.
      case response(ResponseExchange)
      case submitted(name: String, Task<Void, Never>?)
    }

    var origin: Origin
    var isReleased = false
    /// Whether its connection was released although the work wasn't admitted.
    var hasLostConnection = false
    /// Whether the work was cancelled, perhaps before it began.
    var isCancelled = false

    var name: String {
      switch origin {
      case .response(let exchange): exchange.name
      case .submitted(let name, _): name
      }
    }

    /// The names of all work that isn't done; must not be called with the lock held.
    var names: [String] { response?.namesOfWork ?? [name] }

    /// The names of the work that ``cancel()`` cancels.
    var cancelledNames: [String] { response?.namesOfHandler ?? [name] }

    var response: ResponseExchange? {
      if case .response(let exchange) = origin { exchange } else { nil }
    }

    func cancel() {
      switch origin {
      case .response(let exchange): exchange.cancelHandler()
      case .submitted(_, let task): task?.cancel()
      }
    }
  }

  struct State {
    var works: [UInt64: Work] = [:]
    var releasedCount = 0
    var isDraining = false
    /// Whether something will drain at shutdown.
    var isOwned = false
    var hasReleasedWork = false
    /// Whether the deadline for responses has passed.
    var isCuttingOff = false
    /// Whether the deadline for running work has passed.
    var isCancelling = false
    /// Responses without a handler in the service.
    var tracked: [ObjectIdentifier: TrackedResponse] = [:]
    var shutdownWaiters = WaiterList()
    var responseWaiters = WaiterList()
    var emptyWaiters = WaiterList()
    /// The work that a shutdown has left undone, for the application to keep.
    var unfinished: [UnfinishedWork] = []
    var hasHandedOver = false
    /// The time at which the shutdown began; last, as its layout is known only at run time.
    var shutdownStart: ContinuousClock.Instant?
  }

  /// The settings of the service.
  public let settings: Settings
  let logger: Logger
  /// A function that keeps unfinished work; nil for none.
  let keeping: Keeping?
  let state = Mutex(State())
  let timers = TimeLimits()
  private let lastID = Atomic<UInt64>(0)
  /// Written with the lock held, and read without it, since handlers may read it often.
  let isShutdownUnderway = Atomic(false)
  private let running = Mutex(Gauge(label: "output_buffering_after_response_running"))
  private let drained = Counter(label: "output_buffering_after_response_drained")
  let cancelled = Counter(label: "output_buffering_after_response_cancelled")
  let workMetrics = ReleasedWorkMetrics()

  /// Creates a service.
  ///
  /// ```swift
  /// let service = AfterResponseService { unfinished in
  ///   for work in unfinished { try await queue.add(work.name, JSONEncoder().encode(work.payload)) }
  /// }
  /// ```
  ///
  /// Work registered with ``BufferedResponse/afterRelease(named:payload:runs:deadline:_:)`` that a
  /// shutdown has cancelled, or prevented from starting, is handed over in one call at the end of
  /// ``drain()``. If the function returns, the work counts as kept. If it throws, or is cancelled
  /// because it takes longer than ``Settings/keepingDeadline``, none of the work counts as kept,
  /// and each work item is logged by name. So is work without a payload, and all work if there is
  /// no function. Each work item is therefore done, failed, past its deadline, logged as cancelled,
  /// or kept.
  ///
  /// - Parameters:
  ///   - settings: The limits of the service.
  ///   - logger: The logger for the names of cancelled work.
  ///   - keeping: A function that keeps unfinished work for a later process; nil for none.
  public init(
    settings: Settings = Settings(),
    logger: Logger = Logger(label: "swift-output-buffering.AfterResponseService"),
    keepingUnfinished keeping: Keeping? = nil
  ) {
    self.settings = settings
    self.logger = logger
    self.keeping = keeping
  }

  /// The number of handlers and ``submit(named:_:)`` calls whose work continues without a
  /// connection.
  ///
  /// A handler counts from the time at which its response has released its connection until the
  /// handler and its registered work have ended.
  public var releasedCount: Int { state.withLock { $0.releasedCount } }

  /// The number of handlers, before and after the end of their response, and of
  /// ``submit(named:_:)`` calls whose work hasn't ended.
  public var handlerCount: Int { state.withLock { $0.works.count } }

  /// Whether the service admits no more work: it is full or draining.
  public var isExhausted: Bool {
    state.withLock { $0.isDraining || $0.releasedCount >= settings.maximumReleasedHandlers }
  }

  /// Runs background work in a task that the service owns.
  ///
  /// - Parameters:
  ///   - name: The work's name in logs.
  ///   - operation: The work; its task has the caller's task-local values.
  /// - Returns: Whether the work was admitted. If the service is full or draining, the work never
  ///   starts, and the caller has to do it itself or report it.
  public func submit(
    named name: String, _ operation: @escaping @Sendable () async -> Void
  ) -> Bool {
    let id = nextID()
    guard admit(id, as: Work(origin: .submitted(name: name, nil))) else { return false }
    let task = Task {
      await operation()
      remove(id)
    }
    let isCancelled = state.withLock { state in
      state.works[id]?.origin = .submitted(name: name, task)
      return state.works[id]?.isCancelled == true
    }
    if isCancelled { task.cancel() }
    return true
  }

  func nextID() -> UInt64 {
    lastID.wrappingAdd(1, ordering: .relaxed).newValue
  }

  /// Registers a response whose handler is about to run; it counts as released only when admitted.
  func register(_ exchange: ResponseExchange) {
    let (isCancelled, isCutOff) = state.withLock { state in
      var work = Work(origin: .response(exchange))
      work.isCancelled = state.isCancelling
      state.works[exchange.work] = work
      return (state.isCancelling, state.isCuttingOff)
    }
    if isCancelled {
      report(cancelled: [exchange.name])
      exchange.cancelHandler()
    }
    if isCutOff { cutOffResponse(of: exchange) }
  }

  /// Admits work that continues without its connection; `work` isn't registered yet.
  func admit(_ id: UInt64, as work: Work? = nil) -> Bool {
    let (isAdmitted, orphan) = state.withLock { state -> (Bool, String?) in
      guard !state.isDraining, state.releasedCount < settings.maximumReleasedHandlers,
        var work = work ?? state.works[id], !work.isReleased
      else { return (false, nil) }
      work.isReleased = true
      state.works[id] = work
      state.releasedCount += 1
      let isFirst = !state.isOwned && !state.hasReleasedWork
      state.hasReleasedWork = true
      return (true, isFirst ? work.name : nil)
    }
    guard isAdmitted else { return false }
    recordRunning()
    if let orphan { warnUnlessOwned(releasing: orphan) }
    responseEnded()
    return true
  }

  func remove(_ id: UInt64) {
    let (waiters, wasReleased, isDrained) = state.withLock { state in
      let work = state.works.removeValue(forKey: id)
      let wasReleased = work?.isReleased == true
      if wasReleased { state.releasedCount -= 1 }
      let isDrained = state.isDraining && work?.isCancelled == false
      return (state.works.isEmpty ? state.emptyWaiters.takeAll() : [], wasReleased, isDrained)
    }
    if wasReleased { recordRunning() }
    if isDrained { drained.increment() }
    waiters.resume()
    responseEnded()
  }

  /// Records the count under a lock of its own, so that the last of two concurrent calls records
  /// the latest count.
  private func recordRunning() {
    running.withLock { $0.record(releasedCount) }
  }
}
