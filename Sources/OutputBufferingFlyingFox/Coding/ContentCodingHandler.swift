#if FlyingFox
  public import FlyingFox
  public import HTTPContentCoding
  public import HTTPOutputBuffering
  public import Logging

  /// Codes the responses of any handler, streamed or complete, according to a policy.
  ///
  /// A body in memory is sent with an exact `Content-Length`. A streamed body is coded as it
  /// arrives: its buffers wait in the encoder for more bytes, at most for the latency bound, and in
  /// an event stream not at all.
  ///
  /// FlyingFox doesn't tell the two apart. A body of known length that isn't an event stream counts
  /// as one in memory, up to `ResponseSettings.maximumWholeBytes`, until no buffer has arrived for
  /// 100 ms (or for the latency bound, if that is longer) or until 1 s has passed.
  ///
  /// Responses that aren't coded pass unchanged, as do web sockets, and responses whose status
  /// doesn't have three digits or that have more than 65,000 header fields. A body that doesn't
  /// have its declared length aborts the message.
  ///
  /// FlyingFox's own file handler traps on a `Range` with a number of more than 15 digits. Such a
  /// field is ignored, and the handler doesn't see it (RFC 9110 §14.2).
  ///
  /// In a request's conditions, handlers see their own entity tags instead of those of coded
  /// responses (`HTTPHeaders.restoreValidators(offering:)`).
  ///
  /// A response that `ResponseBuffering` made, or that another of these handlers has coded, passes
  /// unchanged.
  ///
  /// ```swift
  /// let server = HTTPServer(
  ///   address: try .inet(ip4: "127.0.0.1", port: port),
  ///   pool: NoDelaySocketPool(),
  ///   handler: ContentCodingHandler(buffering, handler: routes)
  /// )
  /// ```
  public struct ContentCodingHandler: HTTPHandler {
    private enum Role {
      case codes(ResponseCoding)
      /// Sets the mode of the inner responses.
      case says(CompressionMode)
    }

    private let role: Role
    private let handler: any HTTPHandler

    /// Creates a handler that codes responses.
    ///
    /// - Parameters:
    ///   - codings: The content codings on offer, in order of preference.
    ///   - policy: The policy that decides which responses are coded.
    ///   - explainsDecision: Whether each response explains in `X-Content-Coding-Decision` why it
    ///     was coded or not.
    ///   - latencyBound: The maximum time for which bytes may wait in the encoder for more bytes.
    ///   - logger: The logger for the reason why a response wasn't coded, at debug level.
    ///   - handler: The handler that makes the responses.
    public init(
      codings: [ContentCodingOffer],
      policy: CompressionPolicy = CompressionPolicy(),
      explainsDecision: Bool = false,
      latencyBound: Duration = .milliseconds(10),
      logger: Logger = Logger(label: "swift-output-buffering"),
      handler: some HTTPHandler
    ) {
      self.init(
        ResponseBuffering(codings: codings, policy: policy, explainsDecision: explainsDecision),
        latencyBound: latencyBound, logger: logger, handler: handler)
    }

    /// Creates a handler that codes responses, for an application that also uses `ResponseBuffering`.
    ///
    /// - Parameters:
    ///   - buffering: The response buffering, whose settings apply to the responses, and whose
    ///     service ends responses that are underway at a shutdown.
    ///   - latencyBound: The maximum time for which bytes may wait in the encoder for more bytes.
    ///   - logger: The logger for the reason why a response wasn't coded, at debug level.
    ///   - handler: The handler that makes the responses.
    public init(
      _ buffering: ResponseBuffering,
      latencyBound: Duration = .milliseconds(10),
      logger: Logger = Logger(label: "swift-output-buffering"),
      handler: some HTTPHandler
    ) {
      role = .codes(ResponseCoding(buffering, latencyBound: latencyBound, logger: logger))
      self.handler = handler
    }

    /// Creates a handler that only sets the compression mode of another handler's responses.
    ///
    /// The mode applies to an outer coding handler and to `ResponseBuffering`; the innermost mode
    /// counts.
    ///
    /// - Parameters:
    ///   - mode: The mode of the responses.
    ///   - handler: The handler that makes the responses.
    public init(mode: CompressionMode, handler: some HTTPHandler) {
      role = .says(mode)
      self.handler = handler
    }

    /// Passes a request on and codes the response.
    @concurrent
    public func handleRequest(
      _ request: FlyingFox.HTTPRequest
    ) async throws -> FlyingFox.HTTPResponse {
      switch role {
      case .codes(let coding): return try await coding.response(to: request, of: handler)
      case .says(let mode):
        return try await RouteCoding.compressionMode(mode, unless: { $0 is HTTPUnhandledError }) {
          try await handler.handleRequest(request)
        }
      }
    }
  }
#endif
