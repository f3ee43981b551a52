#if Hummingbird
  import HTTPContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  import Hummingbird
  import Logging
  import OutputBufferingNIO

  /// The work of a middleware that codes responses; a reference, as ``ReceivedRequest`` is.
  final class ResponseCoding: Sendable {
    private let buffering: ResponseBuffering
    private let settings: ResponseSettings
    private let latencyBound: Duration
    private let stallLimit: HTTPServerConnection.StallLimit

    init(_ buffering: ResponseBuffering, latencyBound: Duration) {
      self.buffering = buffering
      self.settings = buffering.settings.limitedToBuffers
      self.latencyBound = latencyBound.boundedForSleep
      self.stallLimit = HTTPServerConnection.StallLimit(buffering.settings.stallLimit)
    }

    /// Passes a request on and codes the response: see ``ContentCodingMiddleware``.
    func handle<Context: RequestContext>(
      _ request: Request,
      context: Context,
      next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
      let received = ReceivedRequest(request, buffering)
      do {
        var response = try await MiddlewareState.$current.withValue(received.mark) {
          try await next(received.routed, context)
        }
        if let body = try answer(&response, to: received, logger: context.logger) {
          response = try await self.response(body, to: received)
          conclude(&response, to: received)
        }
        return response
      } catch {
        throw await answer(error, to: received, context: context)
      }
    }

    /// Codes a route's response as far as possible without waiting.
    ///
    /// - Returns: The body from which to make the response; nil if `response` is ready.
    private func answer(
      _ response: inout Response, to request: ReceivedRequest, logger: Logger
    ) throws -> CodedBody? {
      let mark = request.mark
      let isBuffered = mark.isBuffered && response.isBuffered
      let isCoded = mark.isCoded && response.isCoded
      let mode = response.takeCompressionMode(mark)
      request.outerMark?.exempt(inPlaceOf: mode)
      if isBuffered {
        if let outerMark = request.outerMark {
          outerMark.markBuffered()
          response.isBuffered = outerMark.takesMarks
        }
        return nil
      }
      if !isCoded,
        let body = try code(&response, of: request, mode: mode, logger: logger)
      {
        return body
      }
      conclude(&response, to: request)
      return nil
    }

    private func response(
      _ body: CodedBody, to request: ReceivedRequest
    ) async throws -> Response {
      try await buffering.watchingShutdown(on: request.connection) { try await body.response() }
    }

    private func conclude(_ response: inout Response, to request: ReceivedRequest) {
      if let outerMark = request.outerMark {
        outerMark.markCoded()
        response.isCoded = outerMark.takesMarks
      }
      if let gate = request.ownGate { response.body.close(gate) }
    }

    /// Codes the response of a route's error.
    ///
    /// - Returns: The error to throw.
    private func answer(
      _ error: any Error, to request: ReceivedRequest, context: some RequestContext
    ) async -> any Error {
      // Hummingbird answers with its own response, and then reads on.
      await request.ownGate?.closed()
      let mark = request.mark
      request.outerMark?.exempt(inPlaceOf: mark.compressionMode)
      guard let error = error as? any HTTPResponseError,
        var response = try? MiddlewareState.$current.withValue(
          mark, operation: { try error.response(from: request.routed, context: context) })
      else { return error }
      let mode = response.takeCompressionMode(mark)
      request.outerMark?.exempt(inPlaceOf: mode)
      do {
        if !(error is CodedErrorResponse),
          let body = try code(&response, of: request, mode: mode, logger: context.logger)
        {
          response = try await self.response(body, to: request)
        }
      } catch {
        return error
      }
      return CodedErrorResponse(originalError: error, response: response)
    }

    /// Codes a response as far as possible without waiting.
    ///
    /// - Returns: The body from which to make the response; nil if `response` is ready.
    private func code(
      _ response: inout Response, of received: ReceivedRequest, mode: CompressionMode?,
      logger: Logger
    ) throws -> CodedBody? {
      // Leave a response that can't be sent to Hummingbird.
      guard response.head.isSendable else { return nil }
      let connection = received.connection
      connection?.setStallLimit(stallLimit)
      // On a server without this library's handler, the HTTP/1 encoder ends a response to HEAD that
      // has no length with a chunk. So the response keeps the route's length, and states no coding.
      let isHead = received.isHead
      let keepsLength = isHead && connection == nil
      let length = keepsLength ? response.headers[.contentLength] : nil
      if keepsLength { response.headers[.contentLength] = nil }
      if isHead || response.status == .notModified,
        response.headers[.contentLength] == "0"
      {
        // Hummingbird has set it for the missing body; it isn't the length that GET would have.
        response.headers[.contentLength] = nil
      }
      let byteCount = response.body.contentLength
      var metadata = received.metadata
      metadata.compressionMode = mode
      let examined = ExaminedHead(
        response.status, HeadFacts(response.headers), answering: metadata, settings: settings)
      if let commit = examined.passThrough(
        bodyByteCount: byteCount, hasTrailers: false,
        closesConnection: metadata.closesConnection, settings: settings)
      {
        buffering.record(commit, bodyByteCount: byteCount, logger: logger)
        pass(&response, commit, examined.facts, of: received, logger: logger)
        if let length { response.headers[.contentLength] = length }
        return nil
      }
      if keepsLength {
        response.headers[.contentLength] = length
        return nil
      }
      var machine = ResponseMachine(examined, settings: settings)
      let source = RunningBody(
        response.body, collecting: machine.collectableByteCount(of: byteCount),
        within: latencyBound)
      switch try source.take() {
      case .whole(let body):
        machine.expect(bodyByteCount: byteCount)
        try code(&response, body, by: machine, on: connection, logger: logger)
        return nil
      case .begun(let parts, let next):
        // The head of a stream is handed out with its fields.
        let machine = ResponseMachine(
          request: metadata, head: response.head, settings: settings)
        var coder = BodyCoder<ByteBuffer>(
          machine: machine, bodyByteCount: byteCount, delivery: .atOnce,
          latencyBound: latencyBound, at: .now)
        for part in parts { coder.take(part) }
        return CodedBody(
          coder: coder, source: source, next: next, latencyBound: latencyBound,
          connection: connection, buffering: buffering, logger: logger,
          name: HandlerName(received.routed.head))
      }
    }

    /// Creates a response whose body is sent unchanged.
    private func pass(
      _ response: inout Response, _ commit: HeadCommit, _ facts: HeadFacts,
      of received: ReceivedRequest, logger: Logger
    ) {
      let connection = received.connection
      var headers = response.takeHeaders()
      headers.apply(commit.edits, facts)
      // The head is the whole response: the bytes of a streaming body would be dropped, perhaps
      // without end.
      if commit.content == .none { response.body = ResponseBody() }
      if commit.framing == .noContent, headers[.contentLength] == nil {
        connection?.omitContentLength()
      }
      response.headers = headers
      // The server's own task writes the body, without a copy or another task.
      if !buffering.settings.ignoresDisconnect {
        connection?.cancelServingAtDeparture(
          allowsHalfClosedClients: buffering.settings.allowsHalfClosedClients)
      }
      // Unless a closure wraps it, a short body is nearly always in memory, and a single write.
      let limit = settings.maximumBufferedBytes
      let isLong = response.body.contentLength.map { $0 > limit } ?? true
      if commit.framing != .noContent, isLong {
        let stream = UncodedStream(
          answering: received.routed, on: connection, service: buffering.service)
        response.body = response.body.watched(
          as: stream, by: buffering, on: connection, logger: logger)
      }
    }

    /// Codes a body in memory, in this task.
    private func code(
      _ response: inout Response, _ body: RunningBody.Whole,
      by machine: consuming ResponseMachine, on connection: HTTPServerConnection?, logger: Logger
    ) throws {
      do {
        try machine.finish(with: body.bytes.readableBytesUInt8Span, trailers: body.trailers)
      } catch {
        machine.abort()
        buffering.record(machine, isWhole: false, logger: logger)
        throw error
      }
      let output = machine.takeOutput()
      buffering.record(machine, logger: logger)
      guard let commit = machine.headCommit, case .complete(let trailers) = output.end else {
        throw UnfinishedBody()
      }
      if output.closesConnection { connection?.closeAtEnd() }
      var headers = response.takeHeaders()
      if commit.isRefused { (response.status, headers) = (.notAcceptable, HTTPFields()) }
      headers.apply(commit.edits, machine.examined.facts)
      response.body = ResponseBody(whole: output.body, trailers: trailers)
      response.headers = headers
    }
  }

  extension Response {
    /// Takes the headers, which can be changed in place then.
    ///
    /// Hummingbird derives a length from the body, but the committed fields count: set the headers
    /// again after the body.
    fileprivate mutating func takeHeaders() -> HTTPFields {
      var taken = HTTPFields()
      swap(&taken, &headers)
      return taken
    }
  }

  extension ResponseBody {
    /// Closes the request's body when this body has been written.
    ///
    /// Hummingbird sends a body in memory with a single write unless a closure wraps it, so no
    /// closure is added while nothing reads the request.
    fileprivate mutating func close(_ bodyGate: RequestBodyGate) {
      if contentLength != nil && !bodyGate.isReading { return bodyGate.close() }
      let body = self
      self = ResponseBody(contentLength: body.contentLength) { writer in
        try await body.write(writer)
        await bodyGate.closed()
      }
    }
  }
#endif
