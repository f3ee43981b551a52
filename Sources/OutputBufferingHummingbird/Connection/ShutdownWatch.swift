#if Hummingbird
  import HTTPOutputBuffering
  import OutputBufferingNIO
  import Synchronization

  /// Sees the graceful shutdown of a server as soon as it begins.
  ///
  /// A service that a group shuts down after the server would learn of it when the server has ended, which waits
  /// for its responses. One task of the server waits for all of its connections.
  final class ShutdownWatch: Sendable {
    let server = ServerShutdown()
    private let isStarted = Atomic(false)
    private let watcher = Mutex<Task<Void, Never>?>(nil)

    /// Watches; to be called in the task of a connection, which knows of the server's shutdown.
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
    /// Serves a request so that the service learns of a graceful shutdown.
    ///
    /// Where the connection is watched, it does already.
    func watchingShutdown<Result>(
      on connection: HTTPServerConnection?, _ serve: () async throws -> Result
    ) async rethrows -> Result {
      guard connection == nil else { return try await serve() }
      return try await service.beginningShutdownGracefully(serve)
    }
  }
#endif
