#if FlyingFox
  public import FlyingFox
  public import HTTPOutputBuffering

  extension HTTPServer {
    /// Stops the server gracefully, with its responses and the work after them.
    ///
    /// The server accepts no more connections. Responses that are underway are notified, and are
    /// aborted after the service's `responseDeadline`. The server ends when none is left, and
    /// `drain()` waits for work that continues after its response. FlyingFox's own `stop(timeout:)`
    /// doesn't know of either: even if every response has ended, it waits for its timeout or the
    /// next connection.
    ///
    /// It needs a ``NoDelaySocketPool``: on any other pool, a client that connects at that moment
    /// makes FlyingFox cancel all other connections.
    ///
    /// The call waits only for responses of `ResponseBuffering` and those that
    /// `ContentCodingHandler` has seen.
    ///
    /// ```swift
    /// signal(SIGTERM, SIG_IGN)
    /// let termination = DispatchSource.makeSignalSource(signal: SIGTERM)
    /// termination.setEventHandler { Task { await server.stop(draining: buffering.service) } }
    /// termination.activate()
    /// ```
    ///
    /// - Parameter service: The service of the response buffering that the server's routes use.
    public func stop(draining service: AfterResponseService) async {
      service.beginShutdown()
      let settings = service.settings
      if let address = listeningAddress {
        await ListeningSocket.close(address, within: settings.responseDeadline)
      }
      let stopping = Task { [self] in
        await stop(
          timeout: min(
            (settings.responseDeadline + settings.cancellationDeadline) / .seconds(1),
            Self.longestTimeout))
      }
      await service.responsesEnded()
      // Ends everything else that FlyingFox waits for: the listening socket, and connections
      // without a request.
      stopping.cancel()
      await stopping.value
      await service.drain()
    }

    /// A hundred years in seconds: FlyingFox ends the process at a time that overflows.
    private static var longestTimeout: Double { 100 * 365 * 24 * 60 * 60 }
  }
#endif
