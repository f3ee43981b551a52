#if FlyingFox
  import FlyingFox
  import FlyingSocks
  import HTTPOutputBuffering
  import Synchronization

  /// A response that FlyingFox is writing, from a body that the service runs no handler for.
  ///
  /// It lasts as long as FlyingFox has the body.
  final class UnderwayResponse: ServedResponse {
    private let service: AfterResponseService
    private let request: (method: HTTPMethod, path: String)
    private let tracking = Atomic<UInt64>(0)
    private let isCutOff = Atomic(false)
    private let interruption = Mutex<(@Sendable () -> Void)?>(nil)

    init(to request: HTTPRequest, service: AfterResponseService) {
      self.service = service
      self.request = (request.method, request.path)
      tracking.store(service.track(self), ordering: .relaxed)
    }

    deinit { service.untrack(tracking.load(ordering: .relaxed)) }

    var name: String { "\(request.method.rawValue) \(request.path)" }

    var isUnderway: Bool { true }

    func cutOff() -> Bool {
      isCutOff.store(true, ordering: .sequentiallyConsistent)
      interruption.withLock { $0 }?()
      return true
    }

    func releaseConnection() {}

    /// What a body does between its buffers.
    ///
    /// - Throws: `CancellationError` once the response is cut off.
    func check() throws {
      if isCutOff.load(ordering: .sequentiallyConsistent) { throw CancellationError() }
    }

    /// Names what ends the wait for the body's next buffer.
    func onCutOff(_ action: @escaping @Sendable () -> Void) {
      interruption.withLock { $0 = action }
      if isCutOff.load(ordering: .sequentiallyConsistent) { action() }
    }
  }
#endif
