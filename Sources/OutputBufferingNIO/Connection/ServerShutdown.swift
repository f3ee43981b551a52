#if NIO
  package import HTTPOutputBuffering
  import Synchronization

  /// The shutdown of a server, which starts the shutdown of every service whose responses it
  /// serves.
  ///
  /// A server doesn't know its services; it learns of them from their responses.
  package final class ServerShutdown: Sendable {
    private struct State {
      var isUnderway = false
      var services: [AfterResponseService] = []
    }

    private let state = Mutex(State())
    /// The identity of the most recent service, which is almost always the only one.
    private let latest = Atomic<UInt>(0)

    package init() {}

    /// The services whose responses the server has served.
    var services: [AfterResponseService] { state.withLock(\.services) }

    /// Records that the server serves a response of this service.
    package func reaches(_ service: AfterResponseService) {
      let identity = UInt(bitPattern: ObjectIdentifier(service))
      // Services stay retained, so no other object can have this identity.
      guard latest.load(ordering: .relaxed) != identity else { return }
      let isUnderway = state.withLock { state in
        if !state.services.contains(where: { $0 === service }) { state.services.append(service) }
        return state.isUnderway
      }
      latest.store(identity, ordering: .relaxed)
      if isUnderway { service.beginShutdown() }
    }

    /// Starts the shutdown of all services.
    package func begin() {
      let services = state.withLock { state in
        state.isUnderway = true
        return state.services
      }
      for service in services { service.beginShutdown() }
    }
  }
#endif
