#if NIO
  package import HTTPOutputBuffering
  import Synchronization

  /// The shutdown of one server, which begins that of each service whose responses the server has served.
  ///
  /// A server knows no service; which ones there are is learnt from the responses.
  package final class ServerShutdown: Sendable {
    private struct State {
      var isUnderway = false
      var services: [AfterResponseService] = []
    }

    private let state = Mutex(State())
    /// The identity of the service that was seen last, which is almost always the only one.
    private let latest = Atomic<UInt>(0)

    package init() {}

    /// The server serves a response of this service.
    package func reaches(_ service: AfterResponseService) {
      let identity = UInt(bitPattern: ObjectIdentifier(service))
      // Services are kept: the identity is no other's.
      guard latest.load(ordering: .relaxed) != identity else { return }
      let isUnderway = state.withLock { state in
        if !state.services.contains(where: { $0 === service }) { state.services.append(service) }
        return state.isUnderway
      }
      latest.store(identity, ordering: .relaxed)
      if isUnderway { service.beginShutdown() }
    }

    /// The server has been told to shut down.
    package func begin() {
      let services = state.withLock { state in
        state.isUnderway = true
        return state.services
      }
      for service in services { service.beginShutdown() }
    }
  }
#endif
