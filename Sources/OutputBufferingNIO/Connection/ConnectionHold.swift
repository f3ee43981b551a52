#if NIO
  import HTTPOutputBuffering
  import NIOCore
  import Synchronization

  /// Holds the next streams of a connection of HTTP/2 back while handlers work on behind their responses
  /// that the after-response service hasn't admitted: they keep the connection, as they do in HTTP/1.
  final class ConnectionHold: Sendable {
    private struct State {
      var count = 0
      var waiters = WaiterList()
    }

    private let state = Mutex(State())

    /// How many streams wait.
    var waiterCount: Int { state.withLock(\.waiters.count) }

    func begin() {
      state.withLock { $0.count += 1 }
    }

    func end() {
      state.withLock { state in
        state.count -= 1
        return state.count == 0 ? state.waiters.takeAll() : []
      }.resume()
    }

    /// Waits until nobody holds the connection, or the stream is gone, or this task is cancelled.
    func wait(for stream: HTTPServerConnection) async {
      await state.wait(in: \.waiters, for: ObjectIdentifier(stream)) {
        $0.count == 0 || stream.isClosing
      }
    }

    /// A stream is gone: it waits no longer.
    func cancel(_ stream: HTTPServerConnection) {
      state.withLock { $0.waiters.take(for: ObjectIdentifier(stream)) }.resume()
    }
  }
#endif
