#if Hummingbird
  public import HTTPContentCoding
  public import HTTPOutputBuffering
  public import Hummingbird

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
  /// A response made by `ResponseBuffering`, or coded by another of these middlewares, is left alone.
  ///
  /// ```swift
  /// router.add(middleware: ContentCodingMiddleware(codings: [.gzip()]))
  /// ```
  ///
  /// It works on any of Hummingbird's servers. A group of routes, or one response, is exempted by a mode; the
  /// innermost one counts, for the responses of `ResponseBuffering` as well:
  ///
  /// ```swift
  /// router.group("raw").add(middleware: ContentCodingMiddleware(mode: .off))
  /// ```
  public struct ContentCodingMiddleware<Context: RequestContext>: RouterMiddleware {
    private enum Role {
      case codes(ResponseCoding)
      /// Says what holds for the routes within.
      case says(CompressionMode)
    }

    private let role: Role

    /// Makes a middleware that codes responses.
    ///
    /// - Parameters:
    ///   - codings: The content codings on offer, the preferred one first.
    ///   - policy: Which responses are coded.
    ///   - explainsDecision: Whether each response says in `X-Content-Coding-Decision` why it was coded or not.
    ///   - latencyBound: How long written bytes may wait in the encoder.
    public init(
      codings: [ContentCodingOffer], policy: CompressionPolicy = CompressionPolicy(),
      explainsDecision: Bool = false, latencyBound: Duration = .milliseconds(10)
    ) {
      self.init(
        ResponseBuffering(codings: codings, policy: policy, explainsDecision: explainsDecision),
        latencyBound: latencyBound)
    }

    /// Makes a middleware that codes responses, for an application whose routes use `ResponseBuffering` too.
    ///
    /// - Parameters:
    ///   - buffering: Its settings say what is coded and how much of a body is held; at shutdown its service
    ///     ends streams that are underway.
    ///   - latencyBound: How long written bytes may wait in the encoder.
    public init(_ buffering: ResponseBuffering, latencyBound: Duration = .milliseconds(10)) {
      role = .codes(ResponseCoding(buffering, latencyBound: latencyBound))
    }

    /// Makes a middleware that codes nothing itself and says whether the responses within are compressed.
    ///
    /// It counts for a coding middleware around it and for `ResponseBuffering`; the innermost mode does.
    ///
    /// - Parameter mode: The mode of responses that have none of their own.
    public init(mode: CompressionMode) {
      role = .says(mode)
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
      switch role {
      case .codes(let coding):
        return try await coding.handle(request, context: context, next: next)
      case .says(let mode):
        if let mark = ResponseMark.current {
          mark.compressionMode = mode
          return try await next(request, context)
        }
        let mark = ResponseMark()
        mark.compressionMode = mode
        var response = try await ResponseMark.$current.withValue(mark) {
          try await next(request, context)
        }
        _ = response.takeCompressionMode(mark)
        return response
      }
    }
  }
#endif
