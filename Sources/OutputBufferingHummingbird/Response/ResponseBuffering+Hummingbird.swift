#if Hummingbird
  public import HTTPOutputBuffering
  public import HTTPTypes
  public import Hummingbird
  import OutputBufferingNIO

  extension ResponseBuffering {
    /// Answers a request with a handler that can end its response and continue.
    ///
    /// ```swift
    /// router.post("orders") { request, context in
    ///   let order = try await String(buffer: request.body.collect(upTo: 65_536))
    ///   return try await buffering.response(to: request, context: context) { response in
    ///     try response.updateHead { $0.headerFields[.contentType] = "text/html; charset=utf-8" }
    ///     try response.atEnd { status in print("order ended, client: \(status)") }
    ///     try await response.write("<h1>Thank you</h1>")
    ///     try await response.finish()  // the client has the whole answer, coded or not
    ///     try await warehouse.send(order)  // and the handler keeps working
    ///   }
    /// }
    /// ```
    ///
    /// The handler runs in its own task, with the caller's task-local values, and can outlive the
    /// response. Read the request's body before the response is finished, and preferably before
    /// this call. A read that begins later throws `ResponseError.Code.requestBodyUnavailable` on
    /// the buffered servers, and if a ``ContentCodingMiddleware`` has seen the request. Otherwise,
    /// if the request has content or a method other than GET and HEAD, the connection serves its
    /// next request when the handler has returned.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - context: Its context, for the logger.
    ///   - head: The initial head of the response.
    ///   - handler: The handler, which writes the response.
    /// - Returns: The response, once its head is committed.
    /// - Throws: The handler's error if it throws before the commit, so that the application
    ///   answers with its own error response; an `HTTPError` with 503 if the time limit runs out
    ///   before the commit, or if the response buffering refuses responses.
    public func response(
      to request: Request,
      context: some RequestContext,
      head: HTTPResponse = HTTPResponse(status: .ok),
      _ handler: @escaping @Sendable @concurrent (BufferedResponse) async throws -> Void
    ) async throws -> Response {
      guard !refusesResponses else { throw HTTPError(.serviceUnavailable) }
      let (connection, mark) = (HTTPServerConnection.current, MiddlewareState.current)
      let bodyGate = connection?.bodyGate ?? mark?.bodyGate
      let outlet = start(
        for: RequestMetadata(request.head, version: connection?.version ?? .http1_1)
          .asReceived(by: mark),
        head: head,
        name: HandlerName(request.head),
        logger: context.logger,
        takesFiles: false,
        // Hummingbird reads on for the next request, and must not read at the same time as the
        // handler.
        keepsConnection: connection == nil && bodyGate == nil && request.head.mayHaveContent,
        begin: { connection?.begin($0) },
        handler: handler)
      let pump = ResponsePump(
        outlet: outlet, connection: connection, buffering: self, bodyGate: bodyGate)
      var response = try await pump.response()
      if let mark {
        mark.markBuffered()
        response.isBuffered = mark.takesMarks
      }
      return response
    }
  }
#endif
