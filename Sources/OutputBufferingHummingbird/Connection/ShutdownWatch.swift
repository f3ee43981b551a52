#if Hummingbird
  import HTTPOutputBuffering
  import OutputBufferingNIO
  import Synchronization

  /// Notices the graceful shutdown of a server as soon as it begins.
  ///
  /// A service that a group shuts down after the server would learn of the shutdown only when the
  /// server has ended, but the server waits for its responses. One task of the server waits for all
  /// of its connections.
  final class ShutdownWatch: Sendable {
    let server = ServerShutdown()
    private let isStarted = Atomic(false)
    private let watcher = Mutex<Task<Void, Never>?>(nil)

    /// Begins to watch; called in a connection's task, which knows of the server's shutdown.
    func start() {
      guard !isStarted.exchange(true, ordering: .relaxed) else { return }
      let task = Task { [server] in
        do {
          try await AfterResponseService.waitForGracefulShutdown()
          server.begin()
        } catch {
          // The server is gone.
        }
      }
      watcher.withLock { $0 = task }
    }

    deinit { watcher.withLock { $0?.cancel() } }
  }

  extension ResponseBuffering {
    /// Serves a request, and tells the service of a graceful shutdown meanwhile.
    ///
    /// If the connection is watched, the service already learns of it.
    func watchingShutdown<Result>(
      on connection: HTTPServerConnection?, _ serve: () async throws -> Result
    ) async rethrows -> Result {
      guard connection == nil else { return try await serve() }
      return try await service.beginningShutdownGracefully(serve)
    }
  }
#endif
