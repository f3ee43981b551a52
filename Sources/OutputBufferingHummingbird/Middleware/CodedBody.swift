#if Hummingbird
  import HTTPOutputBuffering
  import HTTPTypes
  import Hummingbird
  import Logging
  import NIOCore
  import OutputBufferingNIO
  import Synchronization

  /// Draws a response's body through the machine.
  ///
  /// The body runs in a task of its own and hands its buffers over one by one, so that the machine can be
  /// flushed while the body has nothing to write. The task's end is waited for wherever the message ends
  /// as it should; where it breaks off, or the response is dropped, the task is cancelled.
  final class CodedBody: Sendable {
    enum Part: Sendable {
      case buffer(ByteBuffer)
      case end(HTTPFields?)
      case failed(any Error)
      /// The body's closure has returned.
      case returned
    }

    private let machine: Mutex<ResponseMachine>
    let handoff = Handoff<Part>()
    let byteCount: Int?
    private let source: Task<Void, Never>
    let latencyBound: Duration
    private let connection: HTTPServerConnection?
    private let buffering: ResponseBuffering
    private let logger: Logger
    private let isRecorded = Atomic(false)
    private let isBroken = Atomic(false)

    init(
      machine: consuming sending ResponseMachine,
      source body: ResponseBody,
      latencyBound: Duration,
      connection: HTTPServerConnection?,
      buffering: ResponseBuffering,
      logger: Logger
    ) {
      self.machine = Mutex(machine)
      self.byteCount = body.contentLength
      self.latencyBound = latencyBound.boundedForSleep
      self.connection = connection
      self.buffering = buffering
      self.logger = logger
      self.source = Task { [handoff] in
        do {
          try await body.write(HandoffWriter(handoff: handoff))
          try await handoff.give(.returned)
        } catch {
          try? await handoff.give(.failed(error))
        }
      }
    }

    deinit { breakOff() }

    /// The response, when its head is committed.
    func response() async throws -> Response {
      watchClient(framing: nil)
      return try await withTaskCancellationHandler {
        // A whole body has its first buffer at once; the head of a stream doesn't wait for it.
        var feed = Feed(isFlushDue: byteCount == nil)
        while true {
          let output = try await step(&feed)
          guard let head = output.head else { continue }
          return await response(head, first: output, feed: feed)
        }
      } onCancel: {
        breakOff()
      }
    }

    private func response(
      _ head: ResponseOutput.Head, first: ResponseOutput, feed: Feed
    ) async -> Response {
      if first.closesConnection { connection?.closeAtEnd() }
      var response = Response(status: head.response.status)
      if case .complete(nil) = first.end, await hasReturned(within: latencyBound) {
        machine.withLock { record($0, isWhole: true) }
        response.body = ResponseBody(whole: first.body)
      } else {
        response.body = ResponseBody { [self] writer in
          try await withTaskCancellationHandler {
            try await write(first, framing: head.framing, feed: feed, to: &writer)
          } onCancel: {
            breakOff()
          }
        }
      }
      response.headers = head.response.headerFields
      return response
    }

    // Hummingbird's writer belongs to the concurrent executor, as all that Hummingbird awaits.
    @concurrent
    private func write(
      _ first: ResponseOutput, framing: MessageFraming, feed: Feed,
      to writer: inout any ResponseBodyWriter
    ) async throws {
      watchClient(framing: framing)
      var feed = feed
      var output = first
      var backPressure = BackPressure(channel: connection?.channel)
      do {
        while true {
          if !output.body.isEmpty {
            try await writer.write(ByteBuffer(bytes: output.body))
            try await backPressure.wrote(output.body.count)
          }
          if case .complete(let trailers) = output.end {
            try await writer.finish(trailers)
            machine.withLock { record($0, isWhole: true) }
            _ = await hasReturned(within: nil)
            return
          }
          output = try await step(&feed)
        }
      } catch {
        breakOff()
        connection?.breakOff(framing)
        throw error
      }
    }

    /// Breaks off when the client leaves; where the message has begun, so that a write that the transport
    /// doesn't take ends as well.
    private func watchClient(framing: MessageFraming?) {
      let allowsHalfClosedClients = buffering.settings.allowsHalfClosedClients
      connection?.onDeparture { [weak self, weak connection] departure in
        guard departure == .inactive || !allowsHalfClosedClients else { return }
        self?.breakOff()
        if let framing { connection?.breakOff(framing) }
      }
    }

    /// Gives the message up, unless it has ended; encoder and task are given back.
    ///
    /// Where disconnects are ignored the task goes on, and what it writes is discarded. It doesn't wait for a
    /// long body that is being coded, for the event loop calls it too: who codes it learns of it then.
    private func breakOff() {
      isBroken.store(true, ordering: .sequentiallyConsistent)
      let ignoresDisconnect = buffering.settings.ignoresDisconnect
      handoff.close(discardingValues: ignoresDisconnect)
      if !ignoresDisconnect { source.cancel() }
      machine.withLockIfAvailable { abort(&$0) }
    }

    private func abort(_ machine: inout ResponseMachine) {
      machine.abort()
      record(machine, isWhole: false)
    }

    /// Counts the response, once.
    private func record(_ machine: borrowing ResponseMachine, isWhole: Bool) {
      guard !isRecorded.exchange(true, ordering: .relaxed) else { return }
      buffering.record(machine, isWhole: isWhole, logger: logger)
    }

    /// Uses the machine, as long as the message isn't given up.
    func withMachine<Result>(
      _ body: (inout sending ResponseMachine) throws -> sending Result
    ) throws -> sending Result {
      let result = try machine.withLock(body)
      guard !isBroken.load(ordering: .sequentiallyConsistent) else {
        machine.withLock { abort(&$0) }
        throw CancellationError()
      }
      return result
    }

    /// Waits for the body's closure to return; what it still writes is dropped.
    private func hasReturned(within limit: Duration?) async -> Bool {
      while true {
        switch await handoff.take(within: limit) {
        case .value(.buffer), .value(.end): continue
        case .value(.failed), .value(.returned), .closed: return true
        case .timedOut: return false
        }
      }
    }
  }

  /// The writer that a route's body writes to.
  private struct HandoffWriter: ResponseBodyWriter {
    let handoff: Handoff<CodedBody.Part>

    mutating func write(_ buffer: ByteBuffer) async throws {
      guard buffer.readableBytes > 0 else { return }
      try await handoff.give(.buffer(buffer))
    }

    mutating func write(contentsOf buffers: some Sequence<ByteBuffer>) async throws {
      // Hummingbird's own writer sends them as one as well; a body in memory is whole only as one.
      var whole = ByteBuffer()
      for var buffer in buffers { whole.writeBuffer(&buffer) }
      try await write(whole)
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
      try await handoff.give(.end(trailingHeaders))
    }
  }
#endif
