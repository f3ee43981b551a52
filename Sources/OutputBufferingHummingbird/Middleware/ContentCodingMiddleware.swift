#if Hummingbird
  public import HTTPOutputBuffering
  import HTTPTypes
  public import Hummingbird
  import Logging
  import OutputBufferingNIO

  /// Codes the responses of any route, streaming or whole, as the settings' policy says.
  ///
  /// A body that is in memory leaves with an exact `Content-Length`: a buffer, or what a closure writes
  /// before it suspends for the first time, up to `ResponseSettings.maximumWholeBytes` where its length is
  /// known and `ResponseSettings.maximumBufferedBytes` where it isn't. A streamed one is coded as it
  /// comes: what a route writes waits in the encoder until there is enough of it, for the latency bound
  /// at most, or, in an event stream, not at all. A closure that neither suspends nor writes holds back what
  /// it has written before. What isn't coded passes untouched. Framing stays the server's.
  ///
  /// A coded body's closure runs in a task of its own, which begins in the server's, with the route's
  /// task-local values; the connection goes on when it has returned. What isn't coded is written by the server's task. In both cases a client
  /// that leaves before the end cancels the task, unless the engine ignores disconnects; without a buffered
  /// server a body that isn't coded learns of it by a write that fails.
  ///
  /// An `HTTPResponseError` that a route throws is coded as any other response: a middleware around this one
  /// sees an `HTTPResponseError` with the same status and, in its description, the original error. Other
  /// errors pass unchanged.
  ///
  /// Routes see their own entity tags in the conditions of a request, not those of coded responses
  /// (`HTTPRequest.restoringValidators(offering:)`). Trailers that can't be any are left out (RFC 9110 §6.5.1).
  ///
  /// A response made by `ResponseBuffering` is coded already and is left alone.
  ///
  /// ```swift
  /// router.add(middleware: ContentCodingMiddleware(buffering))
  /// ```
  public struct ContentCodingMiddleware<Context: RequestContext>: RouterMiddleware {
    private let buffering: ResponseBuffering
    private let settings: ResponseSettings
    private let latencyBound: Duration
    private let stallLimit: HTTPServerConnection.StallLimit

    /// Makes the middleware.
    ///
    /// - Parameters:
    ///   - buffering: Its settings say what is coded and how much of a body is held.
    ///   - latencyBound: How long written bytes may wait in the encoder.
    public init(_ buffering: ResponseBuffering, latencyBound: Duration = .milliseconds(10)) {
      self.buffering = buffering
      self.settings = buffering.settings.response.limitedToBuffers
      self.latencyBound = latencyBound.boundedForSleep
      self.stallLimit = HTTPServerConnection.StallLimit(buffering.settings.stallLimit)
    }

    /// Passes a request on and codes the response.
    ///
    /// - Throws: What the route threw; where that is an `HTTPResponseError`, another one of the same status
    ///   whose response is coded.
    public func handle(
      _ request: Request,
      context: Context,
      next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
      let received = ReceivedRequest(request, buffering)
      let (mark, routed) = (received.mark, received.routed)
      do {
        var response = try await ResponseMark.$current.withValue(mark) {
          try await next(routed, context)
        }
        if mark.isBuffered {
          received.outerMark?.markBuffered()
          return response
        }
        response = try await coded(response, of: received, logger: context.logger)
        received.ownGate.map { response.body.close($0) }
        return response
      } catch {
        // Hummingbird answers by a response of its own, and reads on after it.
        await received.ownGate?.closed()
        guard let error = error as? any HTTPResponseError,
          let response = try? error.response(from: routed, context: context)
        else { throw error }
        throw CodedErrorResponse(
          originalError: error,
          response: try await coded(response, of: received, logger: context.logger))
      }
    }

    private func coded(
      _ response: Response, of request: ReceivedRequest, logger: Logger
    ) async throws -> Response {
      var response = response
      guard let body = try code(&response, of: request, logger: logger) else { return response }
      return try await buffering.watchingShutdown(on: request.connection) {
        try await body.response()
      }
    }

    /// Codes a response, as far as that takes no wait.
    ///
    /// - Returns: What the response is to be made of; nil where it is ready.
    private func code(
      _ response: inout Response, of received: ReceivedRequest, logger: Logger
    ) throws -> CodedBody? {
      // What can't be sent as a response isn't for us to judge.
      guard response.head.isSendable else { return nil }
      let (request, connection) = (received.routed, received.connection)
      connection?.setStallLimit(stallLimit)
      // The HTTP/1 encoder of a server that nothing of this library stands in ends a response to HEAD
      // that has no length with a chunk: it keeps the one it has, and what that leaves open isn't claimed.
      let keepsLength = request.method == .head && connection == nil
      let length = keepsLength ? response.headers[.contentLength] : nil
      if keepsLength { response.headers[.contentLength] = nil }
      if request.method == .head || response.status == .notModified,
        response.headers[.contentLength] == "0"
      {
        // It is Hummingbird's own, of a body that isn't there, and not the length that GET would have.
        response.headers[.contentLength] = nil
      }
      let byteCount = response.body.contentLength
      var machine = ResponseMachine(
        request: received.metadata, head: response.head, settings: settings)
      if let passage = machine.passThrough(bodyByteCount: byteCount) {
        buffering.record(machine, logger: logger)
        pass(&response, passage, of: received, logger: logger)
        if let length { response.headers[.contentLength] = length }
        return nil
      }
      if keepsLength {
        response.headers[.contentLength] = length
        return nil
      }
      let source = RunningBody(
        response.body, collecting: machine.collectableByteCount(of: byteCount),
        within: latencyBound)
      switch try source.take() {
      case .whole(let body):
        machine.expect(bodyByteCount: byteCount)
        response = try whole(body, by: machine, on: connection, logger: logger)
        return nil
      case .begun(let parts, let next):
        var coder = BodyCoder<ByteBuffer>(
          machine: machine, bodyByteCount: byteCount, delivery: .atOnce,
          latencyBound: latencyBound, at: .now)
        for part in parts { coder.take(part) }
        return CodedBody(
          coder: coder, source: source, next: next, latencyBound: latencyBound,
          connection: connection, buffering: buffering, logger: logger,
          name: (request.method, request.uri.path))
      }
    }

    /// Makes a response of what goes out as it is.
    private func pass(
      _ response: inout Response, _ passage: Passage, of received: ReceivedRequest, logger: Logger
    ) {
      let (head, connection) = (passage.head, received.connection)
      // The head is all of it: a body that streams would be written to no one, perhaps without end.
      if passage.content == .none { response.body = ResponseBody() }
      if head.framing == .noContent, head.response.headerFields[.contentLength] == nil {
        connection?.omitContentLength()
      }
      response.head = head.response
      // The body is written by the server's own task, without a copy or a task more.
      if !buffering.settings.ignoresDisconnect {
        connection?.cancelServingAtDeparture(
          allowsHalfClosedClients: buffering.settings.allowsHalfClosedClients)
      }
      // A short body is nearly always in memory, and one write, but for a closure around it.
      let limit = settings.maximumBufferedBytes
      let isLong = response.body.contentLength.map { $0 > limit } ?? true
      if head.framing != .noContent, isLong {
        let stream = UncodedStream(
          answering: received.routed, on: connection, service: buffering.service)
        response.body = response.body.watched(
          as: stream, by: buffering, on: connection, logger: logger)
      }
    }

    /// Codes a body that is in memory, in this task.
    private func whole(
      _ body: RunningBody.Whole, by machine: consuming ResponseMachine,
      on connection: HTTPServerConnection?, logger: Logger
    ) throws -> Response {
      do {
        try machine.finish(with: body.bytes.readableBytesUInt8Span, trailers: body.trailers)
      } catch {
        machine.abort()
        buffering.record(machine, isWhole: false, logger: logger)
        throw error
      }
      let output = machine.takeOutput()
      buffering.record(machine, logger: logger)
      guard let head = output.head, case .complete(let trailers) = output.end else {
        throw UnfinishedBody()
      }
      if output.closesConnection { connection?.closeAtEnd() }
      var response = Response(
        status: head.response.status, body: ResponseBody(whole: output.body, trailers: trailers))
      // Hummingbird derives a length from the body; the committed fields are what counts.
      response.headers = head.response.headerFields
      return response
    }
  }

  /// A request, and what is between it and its route.
  private struct ReceivedRequest {
    let connection: HTTPServerConnection?
    /// What a middleware around has said.
    let outerMark: ResponseMark?
    /// What the route says.
    let mark: ResponseMark
    /// What guards the request's body; nil where the server does it, or there is none.
    let ownGate: RequestBodyGate?
    /// The request as the route sees it.
    let routed: Request
    private let head: HTTPRequest

    init(_ request: Request, _ buffering: ResponseBuffering) {
      let (connection, outerMark) = (HTTPServerConnection.current, ResponseMark.current)
      let restored = buffering.restored(request.head)
      var routed = restored.map { Request(head: $0, body: request.body) } ?? request
      // The server does it where it is one of ours.
      let isGuardOurs =
        connection == nil && outerMark?.bodyGate == nil && request.head.mayHaveContent
      ownGate = isGuardOurs ? routed.guardBody(on: nil) : nil
      mark = ResponseMark(
        bodyGate: ownGate ?? outerMark?.bodyGate,
        ifNoneMatch: outerMark?.ifNoneMatch
          ?? restored.map { _ in request.head.headerFields[values: .ifNoneMatch] })
      self.connection = connection
      self.outerMark = outerMark
      self.routed = routed
      self.head = request.head
    }

    /// What the client asked for.
    var metadata: RequestMetadata {
      RequestMetadata(head, version: connection?.version ?? .http1_1).asReceived(by: outerMark)
    }
  }

  extension ResponseBody {
    /// Closes the request's body when this one is written.
    ///
    /// Hummingbird sends a body in memory by one write, unless a closure stands around it: there is none
    /// as long as nothing reads.
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
