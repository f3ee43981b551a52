#if FlyingFox
  #if canImport(Darwin)
    import Darwin
  #elseif canImport(Musl)
    import Musl
  #else
    import Glibc
  #endif
  public import FlyingFox
  public import FlyingSocks
  import HTTPOutputBuffering

  /// A socket pool whose connections send written bytes at once (`TCP_NODELAY`).
  ///
  /// FlyingFox writes a head, each buffer of a body, and the last chunk separately, and leaves the
  /// socket to Nagle's algorithm (RFC 9293 §3.7.4). On a connection that has served a request
  /// before, the second write then waits until the client acknowledges the first, often for 40 ms,
  /// so that a flush has no effect until then.
  ///
  /// The pool also closes the connection of a client that accepts no bytes for too long.
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
    private let stallLimit: Duration?

    /// Creates a pool.
    ///
    /// - Parameters:
    ///   - base: The pool that does the work.
    ///   - stallLimit: The time for which a client may accept none of the bytes written to it; nil
    ///     for no limit. It replaces `ResponseSettings.stallLimit` for FlyingFox, whose sockets the
    ///     library has no access to otherwise.
    public init(
      _ base: some AsyncSocketPool = HTTPServer.defaultPool(), stallLimit: Duration? = .seconds(60)
    ) {
      self.base = base
      self.stallLimit = stallLimit
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
    /// The listening socket waits for its first connection here, and connections inherit its
    /// options.
    ///
    /// - Throws: The error of the base pool, or an error if the client has accepted nothing for too
    ///   long.
    @concurrent
    public func suspendSocket(
      _ socket: Socket, untilReadyFor events: Socket.Events
    ) async throws {
      if events.contains(.read) {
        // A socket of another family has neither this option nor this delay.
        try? socket.setValue(true, for: Self.noDelay)
      }
      if socket.isListening {
        return try await ListeningSocket.wait(on: socket) { [base] in
          try await base.suspendSocket(socket, untilReadyFor: events)
        }
      }
      guard let stallLimit, events.contains(.write), !events.contains(.read) else {
        return try await base.suspendSocket(socket, untilReadyFor: events)
      }
      try await withThrowingTaskGroup(of: Void.self) { [base] group in
        group.addTask { try await base.suspendSocket(socket, untilReadyFor: events) }
        group.addTask { try await Self.untilStalled(socket, limit: stallLimit) }
        defer { group.cancelAll() }
        try await group.next()
      }
    }

    /// Throws when the client has accepted nothing for too long.
    ///
    /// A socket becomes writable only when a good part of the kernel's buffer is free, which may be
    /// megabytes; the client's acknowledgements are more precise.
    private static func untilStalled(_ socket: Socket, limit: Duration) async throws {
      var meter = StallMeter(limit: limit, now: .now)
      var seen = acknowledgedByteCount(of: socket)
      while true {
        try await Task.sleep(for: meter.interval)
        let count = acknowledgedByteCount(of: socket)
        guard !meter.isStalled(hasProgressed: count != seen, now: .now) else {
          throw ClientStalled()
        }
        seen = count
      }
    }

    /// The number of bytes that the peer has acknowledged (`TCP_INFO`).
    ///
    /// It uses the system call, because FlyingFox's own accessor for socket options leaks memory.
    private static func acknowledgedByteCount(of socket: Socket) -> UInt64 {
      guard let option = TCPInformation.socketOption else { return 0 }
      var information = TCPInformation()
      var length = socklen_t(MemoryLayout<TCPInformation>.size)
      let result = unsafe getsockopt(socket.file.rawValue, 6, option, &information, &length)
      return result == 0 ? information.acknowledgedByteCount : 0
    }
  }

  extension Socket {
    /// Whether the socket accepts connections (`SO_ACCEPTCONN`).
    fileprivate var isListening: Bool {
      var (isListening, length) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
      let result = unsafe getsockopt(
        file.rawValue, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &length)
      return result == 0 && isListening != 0
    }
  }

  /// An error that makes FlyingFox close the connection of a stalled client.
  private struct ClientStalled: Error, CustomStringConvertible {
    var description: String { "the client has taken nothing for too long" }
  }
#endif
