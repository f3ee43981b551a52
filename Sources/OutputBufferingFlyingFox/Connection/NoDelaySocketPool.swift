#if FlyingFox
  public import FlyingFox
  public import FlyingSocks

  /// Makes the connections of a FlyingFox server send at once what is written to them (`TCP_NODELAY`).
  ///
  /// FlyingFox writes a head, each buffer of a body, and the last chunk one by one and leaves the socket
  /// to Nagle's algorithm (RFC 9293 §3.7.4): on a connection that has served a request before, whatever
  /// is written second waits until the client acknowledges the first, often 40 ms. A flush isn't a flush
  /// then.
  ///
  /// ```swift
  /// let server = HTTPServer(
  ///   address: try .inet(ip4: "127.0.0.1", port: port),
  ///   pool: NoDelaySocketPool(),
  ///   handler: ContentCodingHandler(buffering, handler: routes)
  /// )
  /// ```
  public struct NoDelaySocketPool: AsyncSocketPool {
    /// `IPPROTO_TCP` and `TCP_NODELAY`, the same numbers on every system that FlyingFox runs on.
    private static var noDelay: BoolSocketOption { BoolSocketOption(level: 6, name: 1) }

    private let base: any AsyncSocketPool

    /// Makes a pool.
    ///
    /// - Parameter base: The pool that does the work.
    public init(_ base: some AsyncSocketPool = HTTPServer.defaultPool()) {
      self.base = base
    }

    /// Prepares the pool.
    @concurrent
    public func prepare() async throws {
      try await base.prepare()
    }

    /// Runs the pool.
    @concurrent
    public func run() async throws {
      try await base.run()
    }

    /// Suspends a socket until it is ready.
    ///
    /// The listening socket waits for its first connection here, and connections inherit its option.
    @concurrent
    public func suspendSocket(
      _ socket: Socket, untilReadyFor events: Socket.Events
    ) async throws {
      if events.contains(.read) {
        // A socket of another family has no such option, and no such delay.
        try? socket.setValue(true, for: Self.noDelay)
      }
      try await base.suspendSocket(socket, untilReadyFor: events)
    }
  }
#endif
