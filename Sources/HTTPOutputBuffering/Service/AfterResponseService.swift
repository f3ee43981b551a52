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
    /// ``ResponseSettings/admission``. In HTTP/2 that is the connection's next streams waiting for
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
    /// How long the application may take, after that, to keep what is unfinished: see
    /// ``AfterResponseService/init(settings:logger:keepingUnfinished:)``.
    public var keepingDeadline: Duration

    /// Makes settings.
    ///
    /// - Parameters:
    ///   - maximumReleasedHandlers: How many handlers may work on after their response.
    ///   - responseDeadline: How long a response may be underway after shutdown has begun.
    ///   - drainDeadline: How long work may go on after its response once shutdown has begun.
    ///   - cancellationDeadline: How long cancelled work and cancelled handlers are waited for.
    ///   - keepingDeadline: How long the application may take to keep what is unfinished.
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
    /// Whether its connection isn't kept for it any longer, although the work wasn't admitted.
    var hasLostConnection = false
    /// Whether it was cancelled, perhaps before it began.
    var isCancelled = false

    var name: String {
      switch origin {
      case .response(let exchange): exchange.name
      case .submitted(let name, _): name
      }
    }

    /// The names of all that isn't done; not to be asked with the lock held.
    var names: [String] { response?.namesOfWork ?? [name] }

    /// The names of what ``cancel()`` cancels.
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
    /// When the shutdown began.
    var shutdownStart: ContinuousClock.Instant?
    /// Whether the deadline for responses has passed.
    var isCuttingOff = false
    /// Whether the deadline for what runs has passed.
    var isCancelling = false
    /// Responses of which the service runs no handler.
    var tracked: [UInt64: TrackedResponse] = [:]
    var shutdownWaiters = WaiterList()
    var responseWaiters = WaiterList()
    var emptyWaiters = WaiterList()
    /// What a shutdown has left undone, to be handed to the application.
    var unfinished: [UnfinishedWork] = []
    var hasHandedOver = false
  }

  /// The settings of the service.
  public let settings: Settings
  let logger: Logger
  /// Keeps unfinished work; nil where the application doesn't.
  let keeping: Keeping?
  let state = Mutex(State())
  let timers = TimeLimits()
  private let lastID = Atomic<UInt64>(0)
  /// Written with the lock held; a handler may ask often.
  let isShutdownUnderway = Atomic(false)
  private let running = Mutex(Gauge(label: "output_buffering_after_response_running"))
  private let drained = Counter(label: "output_buffering_after_response_drained")
  let cancelled = Counter(label: "output_buffering_after_response_cancelled")
  let workMetrics = ReleasedWorkMetrics()

  /// Makes a service.
  ///
  /// ```swift
  /// let service = AfterResponseService { unfinished in
  ///   for work in unfinished { try await queue.add(work.name, JSONEncoder().encode(work.payload)) }
  /// }
  /// ```
  ///
  /// What ``BufferedResponse/afterRelease(named:payload:runs:deadline:_:)`` was given and a
  /// shutdown has cancelled, or never let start, is handed over at the end of ``drain()``, in one
  /// call. When that returns, it is kept. When it throws, or takes longer than
  /// ``Settings/keepingDeadline``, after which it is cancelled, none of it counts as kept, and each
  /// work is logged by name, as is work without a payload, and all of it where there is no such
  /// function. So each work is either done, or failed by itself, or logged as cancelled, or kept.
  ///
  /// - Parameters:
  ///   - settings: Its limits.
  ///   - logger: Gets the names of what had to be cancelled.
  ///   - keeping: Keeps unfinished work where a later process finds it; nil for nothing.
  public init(
    settings: Settings = Settings(),
    logger: Logger = Logger(label: "swift-output-buffering.AfterResponseService"),
    keepingUnfinished keeping: Keeping? = nil
  ) {
    self.settings = settings
    self.logger = logger
    self.keeping = keeping
  }

  /// How many handlers work on after their response has released its connection, or have work that
  /// does.
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

  /// Takes a response whose handler is about to run; it is counted as released only when admitted.
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

  /// Admits work to go on without its connection; work that is given isn't registered yet.
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

  /// Whatever the order of two calls, the last one records the last count.
  private func recordRunning() {
    running.withLock { $0.record(releasedCount) }
  }
}
