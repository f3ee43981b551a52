#if FlyingFox
  public import FlyingFox
  public import HTTPOutputBuffering
  public import HTTPTypes
  public import Logging

  extension ResponseBuffering {
    /// Answers a request by a handler that can end its response and work on.
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
    /// The handler runs in a task of its own, with the caller's task-local values, and outlives the
    /// response where it wants to. The request's body has to be read before the response is finished;
    /// best before this call.
    ///
    /// A client that leaves is noticed by the write that fails, and not before. The server's timeout is
    /// that of this call: a handler that has not committed its response by then counts as one whose
    /// client left.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - head: The head that the response begins with.
    ///   - logger: A logger with the request's metadata.
    ///   - handler: Writes the response.
    /// - Returns: The response, when its head is committed; one with 503 when the time limit ran out
    ///   before, and when the engine refuses responses.
    /// - Throws: What the handler threw before anything was committed: FlyingFox answers with 500.
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
      let source = ExchangeSource(outlet: outlet)
      do {
        return try await source.response(collectingUpTo: settings.maximumUnsentBytes)
      } catch {
        await source.close()
        guard (error as? ResponseError)?.code == .timedOut else { throw error }
        return FlyingFox.HTTPResponse(statusCode: .serviceUnavailable)
      }
    }
  }
#endif
