#if Hummingbird
  public import HTTPContentCoding
  public import HTTPOutputBuffering
  public import Hummingbird

  /// Codes the responses of any route, streamed or complete, according to a policy.
  ///
  /// A body in memory is sent with an exact `Content-Length`. Such a body is a buffer, or what a
  /// closure writes before it first suspends, up to `ResponseSettings.maximumWholeBytes` if its
  /// length is known and `ResponseSettings.maximumBufferedBytes` if it isn't. A streamed body is
  /// coded as it is written: its bytes wait in the encoder for more of them, at most for the
  /// latency bound, and in an event stream not at all. A closure that neither suspends nor writes
  /// delays what it has written before. Responses that aren't coded pass unchanged. The server does
  /// the framing.
  ///
  /// The closure of a coded body runs in its own task, with the route's task-local values; the
  /// connection serves its next request when the closure has returned. The server's task writes a
  /// body that isn't coded. On a buffered server, a client that leaves before the end cancels the
  /// task in both cases, unless `ResponseSettings.ignoresDisconnect` is set. On any other server,
  /// only a write that fails shows that the client has left.
  ///
  /// An `HTTPResponseError` that a route throws is coded like any other response: an outer
  /// middleware sees an `HTTPResponseError` with the same status and, in its description, the
  /// original error. Other errors pass unchanged.
  ///
  /// In a request's conditions, routes see their own entity tags instead of those of coded
  /// responses (`HTTPRequest.restoringValidators(offering:)`). Forbidden trailer fields are left
  /// out (RFC 9110 §6.5.1).
  ///
  /// A response that `ResponseBuffering` made, or that another of these middlewares has coded,
  /// passes unchanged.
  ///
  /// ```swift
  /// router.add(middleware: ContentCodingMiddleware(codings: [.gzip()]))
  /// ```
  ///
  /// The middleware works on any of Hummingbird's servers. A mode exempts a group of routes, or one
  /// response; the innermost mode counts, for responses of `ResponseBuffering` as well:
  ///
  /// ```swift
  /// router.group("raw").add(middleware: ContentCodingMiddleware(mode: .off))
  /// ```
  public struct ContentCodingMiddleware<Context: RequestContext>: RouterMiddleware {
    private enum Role {
      case codes(ResponseCoding)
      /// Sets the mode of the inner routes.
      case says(CompressionMode)
    }

    private let role: Role

    /// Creates a middleware that codes responses.
    ///
    /// - Parameters:
    ///   - codings: The content codings on offer, in order of preference.
    ///   - policy: The policy that decides which responses are coded.
    ///   - explainsDecision: Whether each response explains in `X-Content-Coding-Decision` why it
    ///     was coded or not.
    ///   - latencyBound: The maximum time for which written bytes may wait in the encoder.
    public init(
      codings: [ContentCodingOffer], policy: CompressionPolicy = CompressionPolicy(),
      explainsDecision: Bool = false, latencyBound: Duration = .milliseconds(10)
    ) {
      self.init(
        ResponseBuffering(codings: codings, policy: policy, explainsDecision: explainsDecision),
        latencyBound: latencyBound)
    }

    /// Creates a middleware that codes responses, for an application whose routes also use
    /// `ResponseBuffering`.
    ///
    /// - Parameters:
    ///   - buffering: The response buffering, whose settings apply to the responses, and whose
    ///     service ends streams that are underway at a shutdown.
    ///   - latencyBound: The maximum time for which written bytes may wait in the encoder.
    public init(_ buffering: ResponseBuffering, latencyBound: Duration = .milliseconds(10)) {
      role = .codes(ResponseCoding(buffering, latencyBound: latencyBound))
    }

    /// Creates a middleware that only sets the compression mode of inner responses.
    ///
    /// The mode applies to an outer coding middleware and to `ResponseBuffering`; the innermost
    /// mode counts.
    ///
    /// - Parameter mode: The mode of responses that have no mode of their own.
    public init(mode: CompressionMode) {
      role = .says(mode)
    }

    /// Passes a request on and codes the response.
    ///
    /// - Throws: The route's error; for an `HTTPResponseError`, another one of the same status
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
        return try await Self.handle(request, context: context, mode: mode, next: next)
      }
    }

    private static func handle(
      _ request: Request,
      context: Context,
      mode: CompressionMode,
      next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
      // No middleware around an outermost one removes the field that carries a response's mode.
      let isOutermost = MiddlewareState.current == nil
      do {
        var response = try await RouteCoding.compressionMode(mode) {
          try await next(request, context)
        }
        if isOutermost { response.compressionMode = nil }
        return response
      } catch {
        guard isOutermost, let error = error as? any HTTPResponseError,
          var response = try? error.response(from: request, context: context),
          response.compressionMode != nil
        else { throw error }
        response.compressionMode = nil
        throw CodedErrorResponse(originalError: error, response: response)
      }
    }
  }
#endif
