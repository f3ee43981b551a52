#if NIO
  import NIOCore
  import Synchronization

  /// Holds the next streams of a connection of HTTP/2 back while handlers work on behind their responses
  /// that the after-response service hasn't admitted: they keep the connection, as they do in HTTP/1.
  final class ConnectionHold: Sendable {
    private struct State {
      var count = 0
      var waiters: [ObjectIdentifier: CheckedContinuation<Void, Never>] = [:]

      mutating func takeWaiters() -> [CheckedContinuation<Void, Never>] {
        guard count == 0 else { return [] }
        defer { waiters = [:] }
        return Array(waiters.values)
      }
    }

    private let state = Mutex(State())

    /// How many streams wait.
    var waiterCount: Int { state.withLock { $0.waiters.count } }

    func begin() {
      state.withLock { $0.count += 1 }
    }

    func end() {
      let waiters = state.withLock { state in
        state.count -= 1
        return state.takeWaiters()
      }
      for waiter in waiters { waiter.resume() }
    }

    /// Waits until nobody holds the connection, or the stream is gone, or this task is cancelled.
    func wait(for stream: HTTPServerConnection) async {
      await withTaskCancellationHandler {
        await withCheckedContinuation { waiter in
          let isFree = state.withLock { state in
            if state.count == 0 || Task.isCancelled || stream.isClosing { return true }
            state.waiters[ObjectIdentifier(stream)] = waiter
            return false
          }
          if isFree { waiter.resume() }
        }
      } onCancel: {
        cancel(stream)
      }
    }

    /// A stream is gone, or its task is cancelled: it waits no longer.
    func cancel(_ stream: HTTPServerConnection) {
      state.withLock { $0.waiters.removeValue(forKey: ObjectIdentifier(stream)) }?.resume()
    }
  }
#endif
