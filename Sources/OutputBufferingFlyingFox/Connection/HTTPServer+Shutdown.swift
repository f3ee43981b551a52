#if FlyingFox
  public import FlyingFox
  public import HTTPOutputBuffering

  extension HTTPServer {
    /// Stops the server gracefully, with what its responses and the work after them need.
    ///
    /// Nothing connects any more. Responses that are underway are told, and broken off after the service's
    /// `responseDeadline`; the server ends as soon as none is left, and `drain()` waits for work that goes
    /// on after its response. FlyingFox's own `stop(timeout:)` knows nothing of either, and waits out its
    /// timeout although every response has ended, until something connects.
    ///
    /// Only responses of `ResponseBuffering` and those that `ContentCodingHandler` has seen are waited for.
    ///
    /// ```swift
    /// signal(SIGTERM, SIG_IGN)
    /// let termination = DispatchSource.makeSignalSource(signal: SIGTERM)
    /// termination.setEventHandler { Task { await server.stop(draining: buffering.service) } }
    /// termination.activate()
    /// ```
    ///
    /// - Parameter service: The service of the engine whose responses the server serves.
    public func stop(draining service: AfterResponseService) async {
      service.beginShutdown()
      let settings = service.settings
      let stopping = Task { [self] in
        await stop(
          timeout: min(
            (settings.responseDeadline + settings.cancellationDeadline) / .seconds(1),
            Self.longestTimeout))
      }
      await service.responsesEnded()
      // Ends what FlyingFox waits for besides: the listening socket, and connections without a request.
      stopping.cancel()
      await stopping.value
      await service.drain()
    }

    /// A hundred years in seconds: FlyingFox ends the process at a time that overflows.
    private static var longestTimeout: Double { 100 * 365 * 24 * 60 * 60 }
  }
#endif
