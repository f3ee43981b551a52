#if NIO
  import HTTPOutputBuffering
  import NIOCore
  import Synchronization

  /// Holds back the next streams of an HTTP/2 connection while unadmitted handlers still work.
  ///
  /// A handler that keeps working after its response, and that the after-response service hasn't
  /// admitted, keeps the connection, as it does on HTTP/1.
  final class HTTP2StreamGate: Sendable {
    private struct State {
      var count = 0
      var waiters = WaiterList()
    }

    private let state = Mutex(State())

    /// The number of waiting streams.
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

    /// Waits until the hold ends, the stream is gone, or the current task is cancelled.
    func wait(for stream: HTTPServerConnection) async {
      await state.wait(in: \.waiters, for: ObjectIdentifier(stream)) {
        $0.count == 0 || stream.isClosing
      }
    }

    /// Stops the wait of a stream that is gone.
    func cancel(_ stream: HTTPServerConnection) {
      state.withLock { $0.waiters.take(for: ObjectIdentifier(stream)) }.resume()
    }
  }
#endif
