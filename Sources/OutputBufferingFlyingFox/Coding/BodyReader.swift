#if FlyingFox
  import FlyingFox
  import HTTPOutputBuffering

  /// Reads a body in a task of its own, which hands its buffers over one by one.
  final class BodyReader: Sendable {
    private let handoff = Handoff<BodyPart<ContiguousArray<UInt8>>>()
    private let task: Task<Void, Never>

    init(_ body: HTTPBodySequence) {
      self.task = Task { [handoff] in
        do {
          for try await buffer in body {
            var content = ContiguousArray(buffer)
            if body.count == nil { content = ContiguousArray(try content.contentOfChunk()) }
            if !content.isEmpty { try await handoff.give(.bytes(content)) }
          }
          try await handoff.give(.end(trailers: nil))
        } catch {
          try? await handoff.give(.failed(error))
        }
      }
    }

    deinit { close() }

    func close() {
      handoff.close()
      task.cancel()
    }

    /// Takes the next part.
    ///
    /// - Parameter limit: How long to wait for it; nil for as long as it takes.
    /// - Returns: The part; nil if none came in time.
    /// - Throws: `CancellationError` once the caller's task is cancelled.
    func take(within limit: Duration?) async throws -> BodyPart<ContiguousArray<UInt8>>? {
      let taken = await withTaskCancellationHandler {
        await handoff.take(within: limit)
      } onCancel: {
        close()
      }
      switch taken {
      case .value(let part): return part
      case .timedOut: return nil
      case .closed: throw CancellationError()
      }
    }
  }
#endif
