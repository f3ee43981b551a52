import Synchronization

/// The hand-over between a handler's task and the task in which a server writes its response.
///
/// It holds one value at a time: the handler's side waits in `deliver(_:)` until the transport has
/// taken what it offered, which is all the back-pressure there is. Either side may go away: then the
/// other one is told, never left waiting. Neither side's cancellation drops a value.
public final class ResponseExchange: Sendable {
  /// What the adapter's side is given by ``next()``.
  public enum Event: Sendable {
    /// Something to send; ``ResponseExchange/acknowledge(reusing:)`` is due when the transport has taken it.
    case output(ResponseOutput)
    /// The handler failed or ran out of time with nothing sent: answer with an error of the server's.
    case failed(any Error)
    /// What has been sent must be left incomplete.
    case aborted
  }

  /// Whether what the handler still does has been admitted by the after-response service.
  enum Release {
    case undecided
    case granted
    case refused
  }

  struct State {
    var offered: ResponseOutput?
    var hasTakenHead = false
    var hasTakenEnd = false
    /// Whether a head that was all of the response and the end were taken in one.
    var isTakenWhole = false
    /// Whether the response is over with its head, and its handler hasn't finished it: its client is
    /// still the handler's concern.
    var isUnfinished = false
    var spent: ContiguousArray<UInt8> = []
    var failure: (any Error)?
    var ignoresDisconnect: Bool
    var release = Release.undecided
    var hasHandlerEnded = false
    /// Whether the handler's task was cancelled, or is to be as soon as it is known.
    var isHandlerCancelled = false
    var handler: Task<Void, Never>?
    /// The time limit that is running.
    var timeLimit: UInt64?
    var producer: CheckedContinuation<Bool, Never>?
    var consumer: CheckedContinuation<Event, Never>?
    var interruption: (@Sendable () -> Void)?
    var releaseWaiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
    var nextWaiter: UInt64 = 0

    /// Whether the connection is free as soon as the end is sent, whatever the handler still does.
    var isReleased: Bool { release == .granted || hasHandlerEnded }
  }

  let state: Mutex<State>
  private let atomicStatus = Atomic<UInt8>(ConnectionStatus.open.rawValue)
  private let allowsHalfClosedClients: Bool
  /// Whether the adapter's side takes outputs with a file.
  let takesFiles: Bool
  /// How long the client may take nothing of what is due to it: see
  /// ``ResponseBuffering/Settings/stallLimit``.
  package let stallLimit: Duration?
  let timeLimits: TimeLimits
  let admission: @Sendable () -> Bool
  /// The service that owns the handler, and the handler's number there.
  package let service: AfterResponseService
  let work: UInt64
  /// Whether the server shuts down the connection of this response.
  let isConnectionShuttingDown = Atomic(false)

  init(
    ignoresDisconnect: Bool,
    allowsHalfClosedClients: Bool,
    takesFiles: Bool,
    stallLimit: Duration?,
    timeLimits: TimeLimits,
    admission: @escaping @Sendable () -> Bool,
    service: AfterResponseService,
    work: UInt64
  ) {
    self.state = Mutex(State(ignoresDisconnect: ignoresDisconnect))
    self.allowsHalfClosedClients = allowsHalfClosedClients
    self.takesFiles = takesFiles
    self.stallLimit = stallLimit
    self.timeLimits = timeLimits
    self.admission = admission
    self.service = service
    self.work = work
  }

  /// What has become of the client.
  public var status: ConnectionStatus {
    ConnectionStatus(rawValue: atomicStatus.load(ordering: .acquiring)) ?? .open
  }

  func setStatus(_ status: ConnectionStatus) {
    atomicStatus.store(status.rawValue, ordering: .releasing)
  }

  /// Whether a disconnect leaves the handler's task alone (PHP: `ignore_user_abort()`).
  var ignoresDisconnect: Bool {
    get { state.withLock { $0.ignoresDisconnect } }
    set { state.withLock { $0.ignoresDisconnect = newValue } }
  }

  /// Whether the handler's task was cancelled because the response broke off.
  var isHandlerCancelled: Bool { state.withLock { $0.isHandlerCancelled } }

  /// The client closed its sending side.
  ///
  /// Without a setting that allows half-closed clients this is leaving, as in Go, nginx and Node.
  public func inputClosed() {
    guard allowsHalfClosedClients else { return disconnected() }
    state.withLock { _ in
      if status == .open { setStatus(.inputClosed) }
    }
  }

  /// The client left: no byte can reach it any more.
  ///
  /// After the transport has taken the end of the response it means nothing, unless the head was all of
  /// it: then that holds once the handler has finished.
  public func disconnected() {
    breakOff(.aborted)
  }
}
