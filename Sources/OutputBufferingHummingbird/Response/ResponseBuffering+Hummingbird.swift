#if Hummingbird
  public import HTTPOutputBuffering
  public import HTTPTypes
  public import Hummingbird
  import OutputBufferingNIO

  extension ResponseBuffering {
    /// Answers a request by a handler that can end its response and work on.
    ///
    /// ```swift
    /// router.post("orders") { request, context in
    ///   let order = try await String(buffer: request.body.collect(upTo: 65_536))
    ///   return try await buffering.response(to: request, context: context) { response in
    ///     try response.updateHead { $0.headerFields[.contentType] = "text/html; charset=utf-8" }
    ///     try response.atEnd { status in print("order ended, client: \(status)") }
    ///     try await response.write("<h1>Thank you</h1>")
    ///     try await response.finish()  // the client has the whole answer, coded or not
    ///     try await warehouse.send(order)  // and the handler works on
    ///   }
    /// }
    /// ```
    ///
    /// The handler runs in a task of its own, with the caller's task-local values, and outlives the
    /// response where it wants to. The request's body has to be read before the response is finished;
    /// best before this call. A read that begins later throws
    /// `ResponseError.Code.requestBodyUnavailable`: on the buffered servers, and where a
    /// ``ContentCodingMiddleware`` has seen the request. Elsewhere the connection serves its next request
    /// when the handler has returned if the request has content.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - context: Its context, for the logger.
    ///   - head: The head that the response begins with.
    ///   - handler: Writes the response.
    /// - Returns: The response, when its head is committed.
    /// - Throws: What the handler threw before anything was committed, so that the application answers
    ///   with its own error response; `HTTPError` with 503 when the time limit ran out before, and when
    ///   the engine refuses responses.
    public func response(
      to request: Request,
      context: some RequestContext,
      head: HTTPResponse = HTTPResponse(status: .ok),
      _ handler: @escaping @Sendable @concurrent (BufferedResponse) async throws -> Void
    ) async throws -> Response {
      guard !refusesResponses else { throw HTTPError(.serviceUnavailable) }
      let (connection, mark) = (HTTPServerConnection.current, ResponseMark.current)
      let bodyGate = connection?.bodyGate ?? mark?.bodyGate
      let outlet = start(
        for: RequestMetadata(request.head, version: connection?.version ?? .http1_1)
          .asReceived(by: mark),
        head: head,
        name: HandlerName(request.head),
        logger: context.logger,
        takesFiles: false,
        // Hummingbird, which reads on for the next request, and the handler must not read at once.
        keepsConnection: connection == nil && bodyGate == nil && request.head.mayHaveContent,
        begin: { connection?.begin($0) },
        handler: handler)
      let pump = ResponsePump(
        outlet: outlet, connection: connection, buffering: self, bodyGate: bodyGate)
      let response = try await pump.response()
      mark?.markBuffered()
      return response
    }
  }
#endif
