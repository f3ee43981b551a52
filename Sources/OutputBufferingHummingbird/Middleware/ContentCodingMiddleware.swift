#if Hummingbird
  public import HTTPOutputBuffering
  import HTTPTypes
  public import Hummingbird
  import OutputBufferingNIO

  /// Codes the responses of any route, streaming or whole, as the settings' policy says.
  ///
  /// A body that is in memory leaves with an exact `Content-Length`. A streamed one is coded as it
  /// comes: what a route writes waits in the encoder until there is enough of it, for the latency bound
  /// at most, or, in an event stream, not at all. What isn't coded passes untouched. Framing stays the
  /// server's.
  ///
  /// The body's closure runs in a task of its own, with the route's task-local values; the connection
  /// goes on when it has returned. While a coded body is streamed, a client that leaves cancels that
  /// task, unless the engine ignores disconnects.
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
    private let latencyBound: Duration

    /// Makes the middleware.
    ///
    /// - Parameters:
    ///   - buffering: Its settings say what is coded and how much of a body is held.
    ///   - latencyBound: How long written bytes may wait in the encoder.
    public init(_ buffering: ResponseBuffering, latencyBound: Duration = .milliseconds(10)) {
      self.buffering = buffering
      self.latencyBound = latencyBound
    }

    /// Passes a request on and codes the response.
    public func handle(
      _ request: Request,
      context: Context,
      next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
      let restored = buffering.restored(request.head)
      let received = RequestMetadata(
        request.head, version: HTTPServerConnection.current?.version ?? .http1_1
      ).asReceived(by: .current)
      let mark = ResponseMark(
        ifNoneMatch: restored == nil ? ResponseMark.current?.ifNoneMatch : received.ifNoneMatch)
      var response = try await ResponseMark.$current.withValue(mark) {
        try await next(
          restored.map { Request(head: $0, body: request.body) } ?? request, context)
      }
      if mark.isBuffered {
        ResponseMark.current?.markBuffered()
        return response
      }
      let connection = HTTPServerConnection.current
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
      var machine = ResponseMachine(
        request: received,
        head: response.head,
        settings: buffering.settings.response)
      if let head = machine.passThrough(bodyByteCount: response.body.contentLength)?.head {
        buffering.record(machine)
        if head.framing == .noContent, head.response.headerFields[.contentLength] == nil {
          connection?.omitContentLength()
        }
        response.head = head.response
        if let length { response.headers[.contentLength] = length }
        if head.framing != .noContent, response.body.contentLength == nil {
          response.body = response.body.leavingOutTrailers(logger: context.logger)
        }
        return response
      }
      if keepsLength {
        response.headers[.contentLength] = length
        return response
      }
      machine.expect(bodyByteCount: response.body.contentLength)
      let body = CodedBody(
        machine: machine, source: response.body, latencyBound: latencyBound,
        connection: connection, buffering: buffering, logger: context.logger)
      return try await body.response()
    }
  }
#endif
