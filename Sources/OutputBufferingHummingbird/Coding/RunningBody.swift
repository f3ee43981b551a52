#if Hummingbird
  import HTTPOutputBuffering
  import HTTPTypes
  import Hummingbird
  import NIOCore
  import Synchronization

  /// A body whose closure runs in its own task, which begins in the caller's.
  ///
  /// Until the closure suspends, it runs in the caller, and its writes are collected; a body in
  /// memory has ended when the initializer returns. After that each part is handed over, and the
  /// writer waits until the next one is requested.
  struct RunningBody: Sendable {
    /// A body that ended before its closure suspended.
    struct Whole {
      var bytes: ByteBuffer
      var trailers: HTTPFields?
    }

    /// The parts that a body has written.
    enum Taken {
      /// The complete body, whose closure has returned.
      case whole(Whole)
      /// A part of the body; the rest is handed over.
      case begun([BodyPart<ByteBuffer>], next: Handoff<BodyPart<ByteBuffer>>)
    }

    private let parts: BodyParts
    private let task: Task<Void, Never>

    /// Runs a body's closure until it suspends.
    ///
    /// - Parameters:
    ///   - body: The body.
    ///   - limit: The number of bytes to collect; a closure that writes more has to wait.
    ///   - latencyBound: The time for which bytes are collected; later writes have to wait.
    init(_ body: ResponseBody, collecting limit: Int, within latencyBound: Duration) {
      let parts = BodyParts(limit: limit, latencyBound: latencyBound)
      self.parts = parts
      let run: @Sendable @concurrent () async -> Void = {
        do {
          try await body.write(BodyPartWriter(parts: parts))
          // After the end, the error has no effect.
          await parts.ended(UnfinishedBody())
        } catch {
          await parts.ended(error)
        }
      }
      if #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) {
        self.task = Task.immediate(operation: run)
      } else {
        self.task = Task(operation: run)
      }
    }

    /// Takes the collected parts; later ones are handed over.
    ///
    /// - Throws: The closure's error, or an error if it has returned without an end.
    func take() throws -> Taken { try parts.take() }

    /// Cancels the closure's task.
    func cancel() { task.cancel() }
  }

  /// The parts of a body, first collected and later handed over.
  private final class BodyParts: Sendable {
    private struct State {
      var bytes = ByteBuffer()
      /// The time of the first bytes.
      var begin: NIODeadline?
      /// The end, and its trailers.
      var end: HTTPFields??
      /// The error with which the closure has ended; ``UnfinishedBody`` if it has returned.
      var failure: (any Error)?
      /// Takes the parts that aren't collected; nil while parts are collected.
      var handoff: Handoff<BodyPart<ByteBuffer>>?

      /// Appends bytes, if they may be collected.
      mutating func append(
        _ buffer: ByteBuffer, upTo limit: Int, within latencyBound: TimeAmount
      ) -> Bool {
        // The bytes were written after the end.
        guard end == nil else { return true }
        guard buffer.readableBytes <= limit - bytes.readableBytes else { return false }
        let now = NIODeadline.now()
        guard let begin else {
          (self.begin, bytes) = (now, buffer)
          return true
        }
        guard now - begin < latencyBound else { return false }
        bytes.writeImmutableBuffer(buffer)
        return true
      }

      /// Stops collecting.
      mutating func handOver() -> Handoff<BodyPart<ByteBuffer>> {
        let handoff = handoff ?? Handoff()
        self.handoff = handoff
        return handoff
      }

      /// Takes the collected parts of a running closure, in order.
      mutating func takeParts() -> [BodyPart<ByteBuffer>] {
        let content = bytes.readableBytes > 0 ? [BodyPart.bytes(bytes)] : []
        bytes = ByteBuffer()
        return content + (end.take().map { [.end(trailers: $0)] } ?? [])
      }
    }

    private let state = Mutex(State())
    private let limit: Int
    private let latencyBound: TimeAmount

    init(limit: Int, latencyBound: Duration) {
      self.limit = limit
      self.latencyBound = TimeAmount(latencyBound)
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

    func ended(_ failure: any Error) async {
      let handoff = collect { collected in
        collected.failure = failure
        return true
      }
      try? await handoff?.give(.failed(failure))
    }

    func take() throws -> RunningBody.Taken {
      try state.withLock { state in
        guard state.handoff == nil, let failure = state.failure else {
          return .begun(state.takeParts(), next: state.handOver())
        }
        guard let trailers = state.end else { throw failure }
        return .whole(RunningBody.Whole(bytes: state.bytes, trailers: trailers))
      }
    }

    /// Collects a part, or stops collecting.
    ///
    /// - Parameter collect: A closure that appends the part if it may be collected.
    /// - Returns: The handoff for the part; nil if it was collected.
    private func collect(_ collect: (inout State) -> Bool) -> Handoff<BodyPart<ByteBuffer>>? {
      state.withLock { state in
        guard state.handoff == nil, collect(&state) else { return state.handOver() }
        return nil
      }
    }
  }

  /// The writer for a route's body.
  private struct BodyPartWriter: ResponseBodyWriter {
    let parts: BodyParts

    mutating func write(_ buffer: ByteBuffer) async throws {
      guard buffer.readableBytes > 0 else { return }
      try await parts.write(buffer)
    }

    mutating func write(contentsOf buffers: some Sequence<ByteBuffer>) async throws {
      // Hummingbird's own writer also combines them.
      var whole: ByteBuffer?
      for buffer in buffers { whole.setOrWriteImmutableBuffer(buffer) }
      if let whole { try await write(whole) }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
      try await parts.finish(trailingHeaders)
    }
  }
#endif
