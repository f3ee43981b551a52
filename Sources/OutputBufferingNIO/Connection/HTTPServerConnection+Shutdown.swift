#if NIO
  import HTTPOutputBuffering
  import NIOCore
  import Synchronization

  extension HTTPServerConnection {
    /// Lets closes of the channel wait for the client only as long as a shutdown that begins now
    /// gives its responses; call it on the event loop.
    ///
    /// A client that keeps sending, or reads slowly, would otherwise keep its connection, and the
    /// server that waits for it.
    ///
    /// - Parameter action: Ends the waits, now and later; called at most once.
    func limitCloses(_ action: @escaping () -> Void) {
      channel.atCloseLimit(since: .now(), limit: { [self] in closeLimit }, action)
    }

    /// Does the work of ``limitCloses(_:)`` for an HTTP/1 connection.
    func limitCloses() {
      limitCloses { [channel] in
        let pipeline = channel.pipeline.syncOperations
        (try? pipeline.handler(type: HTTP1ContentGuard.self))?.giveUp()
        HTTP1AbortHandler.find(in: pipeline)?.giveUp()
      }
    }

    private var closeLimit: TimeAmount {
      let services = state.withLock { $0.writers.map(\.exchange.service) }
      return .closeLimit(of: services + (serverShutdown?.services ?? []))
    }
  }

  extension TimeAmount {
    /// How long after the beginning of a shutdown a close may wait for its client.
    ///
    /// - Parameter services: The services whose responses the connection may have; if there are
    ///   none, the defaults apply.
    /// - Returns: The time until the responses of all services are aborted and their connections
    ///   released.
    static func closeLimit(of services: [AfterResponseService]) -> TimeAmount {
      let settings =
        services.isEmpty ? [AfterResponseService.Settings()] : services.map(\.settings)
      let limits = settings.map { ($0.responseDeadline + $0.cancellationDeadline).boundedForSleep }
      return TimeAmount(limits.max() ?? .zero)
    }
  }

  extension Channel {
    /// Calls an action after a limit, unless the channel is closed by then; on the event loop.
    ///
    /// - Parameters:
    ///   - start: The time from which the limit counts.
    ///   - limit: Returns the limit, which may have grown when it is asked again.
    ///   - action: The action; called at most once.
    func atCloseLimit(
      since start: NIODeadline, limit: @escaping () -> TimeAmount, _ action: @escaping () -> Void
    ) {
      let timer = eventLoop.assumeIsolated().scheduleTask(deadline: start + limit()) {
        guard NIODeadline.now() >= start + limit() else {
          return self.atCloseLimit(since: start, limit: limit, action)
        }
        action()
      }
      closeFuture.assumeIsolated().whenComplete { _ in timer.cancel() }
    }
  }
#endif
