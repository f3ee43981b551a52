#if Hummingbird
  import HTTPOutputBuffering
  import HTTPTypes
  import Hummingbird
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
    private let handoff = Handoff<Part>()
    private let byteCount: Int?
    private let source: Task<Void, Never>
    private let latencyBound: Duration
    private let connection: HTTPServerConnection?
    private let buffering: ResponseBuffering
    private let isRecorded = Atomic(false)

    init(
      machine: consuming sending ResponseMachine,
      source body: ResponseBody,
      latencyBound: Duration,
      connection: HTTPServerConnection?,
      buffering: ResponseBuffering
    ) {
      self.machine = Mutex(machine)
      self.byteCount = body.contentLength
      self.latencyBound = latencyBound.boundedForSleep
      self.connection = connection
      self.buffering = buffering
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
        record(isWhole: true)
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
            record(isWhole: true)
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
    /// Where disconnects are ignored the task goes on, and what it writes is discarded.
    private func breakOff() {
      machine.withLock { $0.abort() }
      record(isWhole: false)
      let ignoresDisconnect = buffering.settings.ignoresDisconnect
      handoff.close(discardingValues: ignoresDisconnect)
      if !ignoresDisconnect { source.cancel() }
    }

    /// Counts the response, once.
    private func record(isWhole: Bool) {
      guard !isRecorded.exchange(true, ordering: .relaxed) else { return }
      machine.withLock { buffering.record($0, isWhole: isWhole) }
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

  // The way of the bytes into the machine.
  extension CodedBody {
    /// What is to be fed before the next part is taken.
    struct Feed {
      /// The machine holds bytes, or a head, that must not wait for ever.
      var isFlushDue: Bool
      /// When they have waited long enough; a client that reads slowly isn't counted.
      var flushDeadline: ContinuousClock.Instant?
      var rest = ByteBuffer()
      /// A buffer with all that was promised; the end, or trailers, may be next.
      var whole: ByteBuffer?
    }

    /// A long buffer goes through the machine in slices, each sent before the next.
    private static let sliceByteCount = 64 * 1024

    /// Takes parts until the machine has something to send.
    private func step(_ feed: inout Feed) async throws -> ResponseOutput {
      feed.flushDeadline = nil
      while true {
        if let output = try advance(&feed) { return output }
        if let deadline = feed.flushDeadline, deadline <= .now {
          try flush(&feed)
          continue
        }
        switch await handoff.take(within: timeToFlush(&feed)) {
        case .value(let part): try take(part, &feed)
        case .timedOut: try flush(&feed)
        case .closed: throw CancellationError()
        }
      }
    }

    private func timeToFlush(_ feed: inout Feed) -> Duration? {
      guard feed.isFlushDue else { return nil }
      let now = ContinuousClock.now
      let deadline = feed.flushDeadline ?? now + latencyBound
      feed.flushDeadline = deadline
      return max(.zero, deadline - now)
    }

    private func flush(_ feed: inout Feed) throws {
      let whole = feed.whole.take()
      try machine.withLock { machine in
        // All that was promised is there, and what still comes is late.
        if let whole { return try machine.finish(with: whole.readableBytesUInt8Span) }
        try machine.flush()
      }
      feed.isFlushDue = false
      feed.flushDeadline = nil
    }

    /// Feeds slices until the machine has something to send.
    private func advance(_ feed: inout Feed) throws -> ResponseOutput? {
      try machine.withLock { machine in
        while !machine.isOutputDue, feed.rest.readableBytes > 0 {
          let count = min(feed.rest.readableBytes, Self.sliceByteCount)
          guard let slice = feed.rest.readSlice(length: count) else { break }
          try machine.write(slice.readableBytesUInt8Span)
        }
        guard machine.isOutputDue else { return nil }
        return machine.takeOutput()
      }
    }

    private func take(_ part: Part, _ feed: inout Feed) throws {
      try machine.withLock { machine in
        switch part {
        case .buffer(let buffer)
        where machine.isOpen && feed.whole == nil && buffer.readableBytes == byteCount:
          feed.whole = buffer
          feed.isFlushDue = true
        case .buffer(var buffer):
          feed.rest = feed.whole.take() ?? ByteBuffer()
          feed.rest.writeBuffer(&buffer)
          feed.isFlushDue = true
        case .end(let trailers):
          guard let whole = feed.whole.take() else { return try machine.finish(trailers: trailers) }
          if let trailers { try machine.setTrailers(trailers) }
          try machine.finish(with: whole.readableBytesUInt8Span)
        case .failed(let error):
          machine.abort()
          throw error
        case .returned:
          machine.abort()
          throw UnfinishedBody()
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

  /// The body's closure returned without finishing: where the message ends is not known.
  private struct UnfinishedBody: Error {}
#endif
