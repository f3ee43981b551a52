#if Hummingbird
  import HTTPOutputBuffering
  import HTTPTypes
  import Hummingbird
  import NIOCore
  import Synchronization

  /// A body that writes itself, in a task of its own that begins in the caller's.
  ///
  /// Until its closure suspends, the task is the caller: what is written meanwhile is collected, and a body that
  /// is in memory is at its end when the initializer returns. After that each part is handed over, and its
  /// writer waits until the next one is asked for.
  struct RunningBody: Sendable {
    /// A body that was at its end before its closure suspended.
    struct Whole {
      var bytes: ByteBuffer
      var trailers: HTTPFields?
    }

    /// What a body has written.
    enum Taken {
      /// All of it, and its closure has returned.
      case whole(Whole)
      /// Some of it; the rest is handed over.
      case begun([BodyPart<ByteBuffer>], next: Handoff<BodyPart<ByteBuffer>>)
    }

    private let parts: BodyParts
    private let task: Task<Void, Never>

    /// Runs a body up to where its closure suspends.
    ///
    /// - Parameters:
    ///   - body: The body.
    ///   - limit: How much is collected, in bytes: a closure that writes more has to wait.
    ///   - latencyBound: How long it is collected: what is written later has to wait.
    init(_ body: ResponseBody, collecting limit: Int, within latencyBound: Duration) {
      let parts = BodyParts(limit: limit, latencyBound: latencyBound)
      self.parts = parts
      let run: @Sendable @concurrent () async -> Void = {
        do {
          try await body.write(BodyPartWriter(parts: parts))
          await parts.ended(.returned)
        } catch {
          await parts.ended(.failed(error))
        }
      }
      if #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) {
        self.task = Task.immediate(operation: run)
      } else {
        self.task = Task(operation: run)
      }
    }

    /// Takes what has been collected; what is written from now on is handed over.
    ///
    /// - Throws: What the closure has thrown, and an error where it has returned without an end.
    func take() throws -> Taken { try parts.take() }

    /// Ends what the closure does.
    func cancel() { task.cancel() }
  }

  /// The parts of a body, collected and then handed over.
  private final class BodyParts: Sendable {
    private struct Collected {
      var bytes = ByteBuffer()
      var begin: ContinuousClock.Instant?
      /// The end, and its trailers.
      var end: HTTPFields??
      /// How the closure has ended.
      var last: BodyPart<ByteBuffer>?

      /// Takes bytes, if they may be collected.
      mutating func append(
        _ buffer: ByteBuffer, upTo limit: Int, within latencyBound: Duration
      ) -> Bool {
        // Written after the end.
        guard end == nil else { return true }
        guard buffer.readableBytes <= limit - bytes.readableBytes else { return false }
        let now = ContinuousClock.now
        guard let begin else {
          (self.begin, bytes) = (now, buffer)
          return true
        }
        guard begin.duration(to: now) < latencyBound else { return false }
        bytes.writeImmutableBuffer(buffer)
        return true
      }

      /// In the order in which they came, of a closure that runs.
      var parts: [BodyPart<ByteBuffer>] {
        let content = bytes.readableBytes > 0 ? [BodyPart.bytes(bytes)] : []
        return content + (end.map { [.end(trailers: $0)] } ?? [])
      }
    }

    private enum State {
      case collecting(Collected)
      /// Nothing more is collected. What has been is still to be taken.
      case handingOver(Handoff<BodyPart<ByteBuffer>>, collected: [BodyPart<ByteBuffer>])
    }

    private let state = Mutex(State.collecting(Collected()))
    private let limit: Int
    private let latencyBound: Duration

    init(limit: Int, latencyBound: Duration) {
      self.limit = limit
      self.latencyBound = latencyBound
    }

    func write(_ buffer: ByteBuffer) async throws {
      let handoff = collect { [limit, latencyBound] in
        $0.append(buffer, upTo: limit, within: latencyBound)
      }
      try await handoff?.give(.bytes(buffer))
    }

    func finish(_ trailers: HTTPFields?) async throws {
      let handoff = collect { collected in
        if collected.end == nil { collected.end = .some(trailers) }
        return true
      }
      try await handoff?.give(.end(trailers: trailers))
    }

    func ended(_ last: BodyPart<ByteBuffer>) async {
      let handoff = collect { collected in
        collected.last = last
        return true
      }
      try? await handoff?.give(last)
    }

    func take() throws -> RunningBody.Taken {
      try state.withLock { state in
        switch state {
        case .collecting(let collected):
          guard let last = collected.last else {
            let handoff = Handoff<BodyPart<ByteBuffer>>()
            state = .handingOver(handoff, collected: [])
            return .begun(collected.parts, next: handoff)
          }
          guard let trailers = collected.end else {
            if case .failed(let error) = last { throw error }
            throw UnfinishedBody()
          }
          return .whole(RunningBody.Whole(bytes: collected.bytes, trailers: trailers))
        case .handingOver(let handoff, let collected):
          state = .handingOver(handoff, collected: [])
          return .begun(collected, next: handoff)
        }
      }
    }

    /// Collects a part, or stops collecting.
    ///
    /// - Parameter collect: Takes the part if it may be collected.
    /// - Returns: What the part is to be given to; nil when it was collected.
    private func collect(_ collect: (inout Collected) -> Bool) -> Handoff<BodyPart<ByteBuffer>>? {
      state.withLock { state in
        switch state {
        case .collecting(var collected):
          // The buffer that is written to has one owner.
          state = .collecting(Collected())
          if collect(&collected) {
            state = .collecting(collected)
            return nil
          }
          let handoff = Handoff<BodyPart<ByteBuffer>>()
          state = .handingOver(handoff, collected: collected.parts)
          return handoff
        case .handingOver(let handoff, _):
          return handoff
        }
      }
    }
  }

  /// The writer that a route's body writes to.
  private struct BodyPartWriter: ResponseBodyWriter {
    let parts: BodyParts

    mutating func write(_ buffer: ByteBuffer) async throws {
      guard buffer.readableBytes > 0 else { return }
      try await parts.write(buffer)
    }

    mutating func write(contentsOf buffers: some Sequence<ByteBuffer>) async throws {
      // Hummingbird's own writer sends them as one as well.
      var whole: ByteBuffer?
      for buffer in buffers { whole.setOrWriteImmutableBuffer(buffer) }
      if let whole { try await write(whole) }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
      try await parts.finish(trailingHeaders)
    }
  }
#endif
