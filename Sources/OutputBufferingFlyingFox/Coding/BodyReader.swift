#if FlyingFox
  import FlyingFox
  import Foundation

  /// Reads a body in a task of its own, which hands its buffers over one by one.
  final class BodyReader: Sendable {
    enum Part: Sendable {
      case buffer(Data)
      case end
      case failed(any Error)
    }

    private let handoff = Handoff<Part>()
    private let task: Task<Void, Never>

    init(_ body: HTTPBodySequence) {
      self.task = Task { [handoff] in
        do {
          for try await buffer in body where !buffer.isEmpty {
            try await handoff.give(.buffer(buffer))
          }
          try await handoff.give(.end)
        } catch {
          try? await handoff.give(.failed(error))
        }
      }
    }

    deinit {
      handoff.close()
      task.cancel()
    }

    /// Takes the next part; the last is not the body's any more.
    ///
    /// - Parameter limit: How long to wait for it; nil for as long as it takes.
    /// - Returns: The part; nil if none came in time.
    func take(within limit: Duration?) async -> Part? {
      await handoff.take(within: limit)
    }
  }
#endif
