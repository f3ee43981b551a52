#if Hummingbird
  import HTTPOutputBuffering
  import HTTPTypes
  import Hummingbird
  import Logging
  import NIOCore
  import OutputBufferingNIO
  import Synchronization

  /// Codes a response's body that isn't in memory.
  ///
  /// The body runs in its own task and hands over its buffers one by one, so that the machine can
  /// be flushed while the body has nothing to write. The message ends only after the task has
  /// ended. If the message is aborted or the response is dropped, the task is cancelled.
  final class CodedBody: Sendable {
    private let coder: Mutex<BodyCoder<ByteBuffer>>
    private let handoff: Handoff<BodyPart<ByteBuffer>>
    private let source: RunningBody
    private let latencyBound: Duration
    private let connection: HTTPServerConnection?
    /// The number of the request on its connection.
    private let request: Int?
    private let buffering: ResponseBuffering
    private let logger: Logger
    private let isRecorded = Atomic(false)
    private let isBroken = Atomic(false)
    private let isWritten = Atomic(false)
    /// The framing of a message that has begun but not ended.
    private let unended = Mutex<MessageFraming?>(nil)
    private let handlerName: HandlerName

    init(
      coder: consuming sending BodyCoder<ByteBuffer>,
      source: RunningBody,
      next handoff: Handoff<BodyPart<ByteBuffer>>,
      latencyBound: Duration,
      connection: HTTPServerConnection?,
      buffering: ResponseBuffering,
      logger: Logger,
      name: HandlerName
    ) {
      self.handlerName = name
      self.coder = Mutex(coder)
      self.source = source
      self.handoff = handoff
      self.latencyBound = latencyBound
      self.connection = connection
      self.request = connection?.servedNumber
      self.buffering = buffering
      self.logger = logger
    }

    deinit {
      breakOff()
      buffering.service.untrack(ObjectIdentifier(self))
    }

    /// Waits for the committed head and returns the response.
    func response() async throws -> Response {
      connection?.serverShutdown?.reaches(buffering.service)
      buffering.service.track(self)
      watchClient(framing: nil)
      return try await withTaskCancellationHandler {
        while true {
          let output: ResponseOutput
          do {
            output = try await next()
          } catch {
            // The server would answer with an error of its own.
            let allowsHalfClosedClients = buffering.settings.allowsHalfClosedClients
            if let connection, isBroken.load(ordering: .sequentiallyConsistent),
              connection.hasClientLeft(allowingHalfClosed: allowsHalfClosedClients)
            {
              connection.abort()
            }
            throw error
          }
          guard let head = output.head else { continue }
          return await response(head, first: output)
        }
      } onCancel: {
        breakOff()
      }
    }

    /// Takes parts until there is output to send.
    private func next() async throws -> ResponseOutput {
      while true {
        switch try withCoder({ try $0.next(at: .now) }) {
        case .send(let output): return output
        case .wait(let limit):
          switch await handoff.take(within: limit) {
          case .value(let part): try withCoder { $0.take(part) }
          case .timedOut: break
          case .closed: throw CancellationError()
          }
        }
      }
    }

    private func response(
      _ head: ResponseOutput.Head, first: ResponseOutput
    ) async -> Response {
      if first.closesConnection { connection?.closeAtEnd() }
      // The message has no place for what the body still writes.
      if coder.withLock({ $0.machine.isOver }) {
        endSource(ignoringDisconnect: buffering.settings.ignoresDisconnect)
      }
      var response = Response(status: head.response.status)
      if case .complete(nil) = first.end, await hasReturned(within: latencyBound) {
        coder.withLock { record($0.machine, isWhole: true) }
        response.body = ResponseBody(whole: first.body)
      } else {
        response.body = ResponseBody { [self] writer in
          // Its parts exist once: a second writer would take them from the first.
          guard !isWritten.exchange(true, ordering: .relaxed) else {
            throw ResponseError(code: .ended, message: "the response has been written before")
          }
          try await buffering.watchingShutdown(on: connection) {
            try await withTaskCancellationHandler {
              try await write(first, framing: head.framing, to: &writer)
            } onCancel: {
              breakOff()
            }
          }
        }
      }
      response.headers = head.response.headerFields
      return response
    }

    // Hummingbird's writer belongs to the concurrent executor, like everything that Hummingbird
    // awaits.
    @concurrent
    private func write(
      _ first: ResponseOutput, framing: MessageFraming,
      to writer: inout any ResponseBodyWriter
    ) async throws {
      watchClient(framing: framing)
      unended.withLock { $0 = framing }
      var output = first
      var backPressure = BackPressure(channel: connection?.channel)
      do {
        while true {
          if !output.body.isEmpty {
            try await output.body.write(to: &writer)
            try await backPressure.wrote(output.body.count)
          }
          if case .complete(let trailers) = output.end {
            try await writer.finish(trailers)
            unended.withLock { $0 = nil }
            coder.withLock { record($0.machine, isWhole: true) }
            _ = await hasReturned(within: nil)
            return
          }
          output = try await next()
        }
      } catch {
        breakOff()
        connection?.breakOff(framing, answering: request)
        throw error
      }
    }

    /// Aborts the message when the client leaves.
    ///
    /// If the message has begun, this also ends a write that the transport doesn't take.
    private func watchClient(framing: MessageFraming?) {
      connection?.onDeparture(
        during: request, allowingHalfClosed: buffering.settings.allowsHalfClosedClients
      ) { [weak self, weak connection, request] in
        self?.breakOff()
        if let framing { connection?.breakOff(framing, answering: request) }
      }
    }

    /// Aborts the message unless it has ended, and releases encoder and task.
    ///
    /// If disconnects are ignored, the task continues, and its writes are discarded. The call
    /// doesn't wait while a long body is being coded, because the event loop calls it too: the
    /// coding task notices the abort later.
    private func breakOff() {
      breakOff(ignoringDisconnect: buffering.settings.ignoresDisconnect)
    }

    private func breakOff(ignoringDisconnect ignoresDisconnect: Bool) {
      isBroken.store(true, ordering: .sequentiallyConsistent)
      endSource(ignoringDisconnect: ignoresDisconnect)
      coder.withLockIfAvailable { abort(&$0) }
    }

    private func endSource(ignoringDisconnect ignoresDisconnect: Bool) {
      // First, so that a write that fails finds its task cancelled.
      if !ignoresDisconnect { source.cancel() }
      handoff.close(discardingValues: ignoresDisconnect)
    }

    private func abort(_ coder: inout BodyCoder<ByteBuffer>) {
      coder.abort()
      record(coder.machine, isWhole: false)
    }

    /// Counts the response, once.
    private func record(_ machine: borrowing ResponseMachine, isWhole: Bool) {
      guard !isRecorded.exchange(true, ordering: .relaxed) else { return }
      buffering.record(machine, isWhole: isWhole, logger: logger)
    }

    /// Calls a closure with the coder, unless the message was aborted.
    private func withCoder<Result>(
      _ body: (inout sending BodyCoder<ByteBuffer>) throws -> sending Result
    ) throws -> sending Result {
      let result = try coder.withLock(body)
      guard !isBroken.load(ordering: .sequentiallyConsistent) else {
        coder.withLock { abort(&$0) }
        throw CancellationError()
      }
      return result
    }

    /// Waits for the body's closure to return, and drops what it still writes; what tasks of it write
    /// later fails.
    private func hasReturned(within limit: Duration?) async -> Bool {
      while true {
        switch await handoff.take(within: limit) {
        case .value(.bytes), .value(.end): continue
        case .value(.failed), .closed:
          handoff.close()
          return true
        case .timedOut: return false
        }
      }
    }
  }

  extension CodedBody: ServedResponse {
    var name: String { handlerName.description }

    func cutOff() -> Bool {
      breakOff(ignoringDisconnect: false)
      if let framing = unended.withLock({ $0 }) {
        connection?.breakOff(framing, answering: request)
      }
      return true
    }

    func releaseConnection() {}
  }
#endif
