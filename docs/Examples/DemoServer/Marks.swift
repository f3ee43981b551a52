#if Hummingbird
  import Foundation
  import OutputBufferingHummingbird
  import Synchronization

  /// The reports of handlers about themselves, by run.
  ///
  /// A client gets all of them at `/marks`, and each one as it happens at `/marks/stream`.
  final class Marks: Sendable, CustomStringConvertible {
    /// One report.
    struct Mark: Codable, Sendable {
      let run, key, value: String
    }

    private struct State {
      var runs: [String: [String: String]] = [:]
      var listeners: [UUID: AsyncStream<Mark>.Continuation] = [:]
    }

    private let state = Mutex(State())

    func set(_ key: String, for run: String, to value: String) {
      state.withLock { state in
        state.runs[run, default: [:]][key] = value
        // Yield within the lock, so that all listeners get the marks in the same order.
        for listener in state.listeners.values {
          listener.yield(Mark(run: run, key: key, value: value))
        }
      }
    }

    /// The marks as JSON: `{"run": {"key": "value"}}`.
    var description: String {
      let runs = state.withLock { $0.runs }
      let json = try? JSONEncoder().encode(runs)
      return json.map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    /// Returns the marks set from now on, until the server shuts down.
    func stream(until shutdown: ShutdownSignal) -> AsyncStream<Mark> {
      let (stream, listener) = AsyncStream.makeStream(
        of: Mark.self, bufferingPolicy: .bufferingNewest(1000))
      let id = UUID()
      state.withLock { $0.listeners[id] = listener }
      let end = Task {
        await shutdown.wait()
        listener.finish()
      }
      listener.onTermination = { [weak self] _ in
        end.cancel()
        self?.state.withLock { _ = $0.listeners.removeValue(forKey: id) }
      }
      return stream
    }
  }
#endif
