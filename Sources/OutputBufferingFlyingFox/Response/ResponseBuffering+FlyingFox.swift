#if FlyingFox
  public import FlyingFox
  public import HTTPOutputBuffering
  public import HTTPTypes
  public import Logging

  extension ResponseBuffering {
    /// Answers a request with a handler that can end its response and continue.
    ///
    /// ```swift
    /// routes.appendRoute("POST /orders") { request in
    ///   let order = try await request.bodyData
    ///   return try await buffering.response(to: request) { response in
    ///     try await response.write("Thank you")
    ///     try await response.finish()
    ///     try await warehouse.send(order)
    ///   }
    /// }
    /// ```
    ///
    /// The handler runs in its own task, with the caller's task-local values, and can outlive the
    /// response. Read the request's body before the response is finished, and preferably before
    /// this call.
    ///
    /// Only a failing write notices that a client has left. The server's timeout applies to this
    /// call: a handler that hasn't committed its response by then counts as one whose client has
    /// left.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - head: The initial head of the response.
    ///   - logger: A logger with the request's metadata.
    ///   - handler: The handler, which writes the response.
    /// - Returns: The response, once its head is committed; a response with 503 if the time limit
    ///   runs out before, or if the response buffering refuses responses.
    /// - Throws: The handler's error if it throws before the commit; FlyingFox then answers with
    ///   500.
    public func response(
      to request: FlyingFox.HTTPRequest,
      head: HTTPTypes.HTTPResponse = HTTPTypes.HTTPResponse(status: .ok),
      logger: Logger = Logger(label: "swift-output-buffering"),
      _ handler: @escaping @Sendable @concurrent (BufferedResponse) async throws -> Void
    ) async throws -> FlyingFox.HTTPResponse {
      guard !refusesResponses else {
        return FlyingFox.HTTPResponse(statusCode: .serviceUnavailable)
      }
      let outlet = start(
        for: RequestMetadata(request),
        head: head,
        name: "\(request.method.rawValue) \(request.path)",
        logger: logger,
        handler: handler)
      let source = ExchangeSource(outlet: outlet, answersLastRequest: request.isLast)
      do {
        var response = try await source.response(collectingUpTo: settings.maximumUnsentBytes)
        response.isMarked = RouteCoding.takesMarks
        return response
      } catch {
        await source.close()
        guard (error as? ResponseError)?.code == .timedOut else { throw error }
        return FlyingFox.HTTPResponse(statusCode: .serviceUnavailable)
      }
    }
  }
#endif
