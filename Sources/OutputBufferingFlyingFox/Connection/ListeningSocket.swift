#if FlyingFox
  import FlyingSocks
  import Synchronization

  /// A socket on which a server waits for connections.
  ///
  /// FlyingFox stops by closing this socket. If it is about to accept a connection then, it gets an
  /// error (`EBADF`) and cancels every other connection (`HTTPServer.swift:183`). Its loop ends
  /// without one only if a wait for a connection throws `SocketError.disconnected`
  /// (`AsyncSocket.swift:349`).
  final class ListeningSocket: Sendable {
    private struct State {
      var isClosing = false
      var hasEnded = false
      var wait: Task<Void, any Error>?
    }

    /// The sockets that servers of the process wait on, by their address.
    private static let all = Mutex<[Socket.Address: ListeningSocket]>([:])

    private let state = Mutex(State())

    /// Waits for a connection, unless the server is to accept no more of them.
    ///
    /// - Throws: `SocketError.disconnected` if the server is to accept no more.
    @concurrent
    static func wait(
      on socket: Socket, _ suspend: @escaping @Sendable @concurrent () async throws -> Void
    ) async throws {
      guard let address = try? socket.sockname() else { return try await suspend() }
      let listening = all.withLock { all in
        if let known = all[address], !known.state.withLock({ $0.hasEnded }) { return known }
        let new = ListeningSocket()
        all[address] = new
        return new
      }
      try await listening.wait(suspend)
    }

    private func wait(
      _ suspend: @escaping @Sendable @concurrent () async throws -> Void
    ) async throws {
      let wait = Task { try await suspend() }
      let isClosing = state.withLock { state in
        state.wait = wait
        return state.isClosing
      }
      if isClosing { wait.cancel() }
      let result = await withTaskCancellationHandler {
        await wait.result
      } onCancel: {
        wait.cancel()
      }
      let hasEnded = state.withLock { state in
        state.wait = nil
        if case .failure = result { state.hasEnded = state.isClosing }
        return state.hasEnded
      }
      if hasEnded { throw SocketError.disconnected }
      try result.get()
    }

    /// Lets a server accept no more connections, and waits until it doesn't.
    ///
    /// A server that has more connections to accept than it can doesn't wait for one.
    static func close(_ address: Socket.Address, within limit: Duration) async {
      guard let listening = all.withLock({ $0[address] }) else { return }
      listening.state.withLock { state in
        state.isClosing = true
        return state.wait
      }?.cancel()
      let start = ContinuousClock.now
      while !Task.isCancelled, ContinuousClock.now - start < limit,
        !listening.state.withLock({ $0.hasEnded })
      {
        try? await Task.sleep(for: .milliseconds(5))
      }
      all.withLock { $0[address] = nil }
    }
  }
#endif
