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
  /// flushed while the body has nothing to write.
  final class CodedBody: Sendable {
    enum Part: Sendable {
      case buffer(ByteBuffer)
      case end(HTTPFields?)
      case failed(any Error)
    }

    private let machine: Mutex<ResponseMachine>
    private let handoff = Handoff<Part>()
    private let byteCount: Int?
    private let source: Task<Void, Never>
    private let latencyBound: Duration
    private let connection: HTTPServerConnection?
    private let buffering: ResponseBuffering

    init(
      machine: consuming sending ResponseMachine,
      source body: ResponseBody,
      latencyBound: Duration,
      connection: HTTPServerConnection?,
      buffering: ResponseBuffering
    ) {
      self.machine = Mutex(machine)
      self.byteCount = body.contentLength
      self.latencyBound = latencyBound
      self.connection = connection
      self.buffering = buffering
      self.source = Task { [handoff] in
        do {
          try await body.write(HandoffWriter(handoff: handoff))
          try await handoff.give(.failed(UnfinishedBody()))
        } catch {
          try? await handoff.give(.failed(error))
        }
      }
    }

    deinit {
      handoff.close()
      source.cancel()
    }

    /// The response, when its head is committed.
    func response() async throws -> Response {
      while true {
        let output = try await step()
        guard let head = output.head else { continue }
        if output.closesConnection { connection?.closeAtEnd() }
        var response = Response(status: head.response.status)
        if case .complete(nil) = output.end {
          response.body = ResponseBody(byteBuffer: ByteBuffer(bytes: output.body))
        } else {
          response.body = ResponseBody { [self] writer in
            try await write(output, framing: head.framing, to: &writer)
          }
        }
        response.headers = head.response.headerFields
        return response
      }
    }

    // Hummingbird's writer belongs to the concurrent executor, as all that Hummingbird awaits.
    @concurrent
    private func write(
      _ first: ResponseOutput, framing: MessageFraming, to writer: inout any ResponseBodyWriter
    ) async throws {
      var output = first
      var backPressure = BackPressure(channel: connection?.channel)
      do {
        while true {
          if !output.body.isEmpty {
            try await writer.write(ByteBuffer(bytes: output.body))
            try await backPressure.wrote(output.body.count)
          }
          if case .complete(let trailers) = output.end { return try await writer.finish(trailers) }
          output = try await step()
        }
      } catch {
        machine.withLock { $0.abort() }
        if framing == .connectionClose { connection?.reset() }
        throw error
      }
    }

    /// Takes parts until the machine has something to send.
    private func step() async throws -> ResponseOutput {
      while true {
        let part = await handoff.take(within: latencyBound)
        let output = try machine.withLock { machine in
          try feed(part, to: &machine)
          return machine.isOutputDue ? machine.takeOutput() : nil
        }
        if let output {
          if output.end != nil { machine.withLock { buffering.record($0) } }
          return output
        }
      }
    }

    private func feed(_ part: Part?, to machine: inout ResponseMachine) throws {
      switch part {
      case .buffer(let buffer) where machine.isOpen && buffer.readableBytes == byteCount:
        try machine.finish(with: buffer.readableBytesUInt8Span)
      case .buffer(let buffer):
        try machine.write(buffer.readableBytesUInt8Span)
      case .end(let trailers):
        if !machine.hasEnded, let trailers { try machine.setTrailers(trailers) }
        try machine.finish()
      case .failed(let error):
        guard !machine.hasEnded else { return }
        machine.abort()
        throw error
      case nil:
        try machine.flush()
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

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
      try await handoff.give(.end(trailingHeaders))
    }
  }

  /// The body's closure returned without finishing: where the message ends is not known.
  private struct UnfinishedBody: Error {}
#endif
