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
      /// Whether the server accepts no more connections.
      var hasEnded = false
      /// The wait for the next connection.
      var wait: Task<Void, any Error>?
      /// What ends the waits for the end.
      var timers: [Task<Void, Never>] = []
    }

    /// The sockets that servers of the process wait on, by their address.
    private static let all = Mutex<[Socket.Address: ListeningSocket]>([:])

    private let address: Socket.Address
    private let state = Mutex(State())

    private init(_ address: Socket.Address) {
      self.address = address
    }

    /// Forgets the socket, on which no server waits any more.
    private func forget() {
      Self.all.withLock { if $0[address] === self { $0[address] = nil } }
    }

    /// Waits for a connection, unless the server is to accept no more of them.
    ///
    /// - Throws: `SocketError.disconnected` if the server is to accept no more.
    @concurrent
    static func wait(
      on socket: Socket, _ suspend: @escaping @Sendable @concurrent () async throws -> Void
    ) async throws {
      guard let address = try? socket.sockname() else { return try await suspend() }
      let listening = all.withLock { all in
        let listening = all[address] ?? ListeningSocket(address)
        all[address] = listening
        return listening
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
      guard case .failure(let error) = result else { return state.withLock { $0.wait = nil } }
      // Whatever the error, FlyingFox accepts no more connections after it.
      let (isExpected, timers) = state.withLock { state in
        state.wait = nil
        state.hasEnded = true
        return (state.isClosing, state.timers)
      }
      forget()
      for timer in timers { timer.cancel() }
      throw isExpected ? SocketError.disconnected : error
    }

    /// Makes a server stop accepting connections, and waits until it has.
    ///
    /// - Parameters:
    ///   - address: The address of its socket.
    ///   - limit: The maximum wait: a server that always has more connections to accept never waits
    ///     for one.
    static func close(_ address: Socket.Address, within limit: Duration) async {
      guard let listening = all.withLock({ $0[address] }) else { return }
      defer { listening.forget() }
      let timer = Task { _ = try? await Task.sleep(for: limit) }
      let (wait, hasEnded) = listening.state.withLock { state in
        state.isClosing = true
        state.timers.append(timer)
        return (state.wait, state.hasEnded)
      }
      wait?.cancel()
      if hasEnded { timer.cancel() }
      await withTaskCancellationHandler {
        await timer.value
      } onCancel: {
        timer.cancel()
      }
    }
  }
#endif
