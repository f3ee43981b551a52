#if FlyingFox
  import FlyingFox
  import HTTPOutputBuffering

  /// Reads a body in a task of its own, which hands its buffers over one by one.
  final class BodyReader: Sendable {
    enum Part: Sendable {
      case buffer(ContiguousArray<UInt8>)
      case end
      case failed(any Error)
    }

    private let handoff = Handoff<Part>()
    private let task: Task<Void, Never>

    init(_ body: HTTPBodySequence) {
      self.task = Task { [handoff] in
        do {
          for try await buffer in body {
            var content = ContiguousArray(buffer)
            if body.count == nil { try content.removeChunkFraming() }
            if !content.isEmpty { try await handoff.give(.buffer(content)) }
          }
          try await handoff.give(.end)
        } catch {
          try? await handoff.give(.failed(error))
        }
      }
    }

    deinit { close() }

    private func close() {
      handoff.close()
      task.cancel()
    }

    /// Takes the next part.
    ///
    /// - Parameter limit: How long to wait for it; nil for as long as it takes.
    /// - Returns: The part; nil if none came in time.
    /// - Throws: `CancellationError` once the caller's task is cancelled.
    func take(within limit: Duration?) async throws -> Part? {
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

  extension ContiguousArray<UInt8> {
    /// Leaves the content of one chunk.
    ///
    /// A body without a count gives out its buffers as FlyingFox sends them: each is one chunk, with its
    /// size before it (RFC 9112 §7.1).
    fileprivate mutating func removeChunkFraming() throws {
      guard let lineEnd = firstIndex(of: UInt8(ascii: "\r")),
        let size = Int(String(decoding: self[..<lineEnd], as: UTF8.self), radix: 16), size >= 0,
        // Line ends stand behind the size and behind the content.
        count - lineEnd - 4 == size
      else { throw NotAChunk() }
      removeLast(2)
      removeFirst(lineEnd + 2)
    }
  }

  /// A body without a count isn't in chunks: it isn't one that FlyingFox could send.
  private struct NotAChunk: Error {}
#endif
