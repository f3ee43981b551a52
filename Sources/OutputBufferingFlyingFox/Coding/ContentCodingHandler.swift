#if FlyingFox
  public import FlyingFox
  public import HTTPContentCoding
  public import HTTPOutputBuffering
  public import Logging

  /// Codes the responses of any handler, streaming or whole, as the settings' policy says.
  ///
  /// A body that is in memory leaves with an exact `Content-Length`. A streamed one is coded as it
  /// comes: its buffers wait in the encoder until there is enough of them, until none came for the
  /// latency bound, or, in an event stream, not at all. FlyingFox doesn't say which is which: a body of
  /// known length, and no event stream, counts as one in memory until no buffer came for 100 ms, or for the
  /// latency bound where that is longer, until 1 s has passed, or where it is longer than
  /// `ResponseSettings.maximumWholeBytes`. What isn't coded passes untouched, and so do web sockets, and
  /// responses whose status isn't one of three digits or that have more than 65,000 header fields. A body
  /// that isn't as long as it says breaks the message off.
  ///
  /// A `Range` with a number of more than 15 digits, at which FlyingFox's own file handler ends the process, is
  /// ignored: the handler doesn't see it (RFC 9110 §14.2).
  ///
  /// Handlers see their own entity tags in the conditions of a request, not those of coded responses
  /// (`HTTPHeaders.restoreValidators(offering:)`).
  ///
  /// A response made by `ResponseBuffering`, or coded by another of these handlers, is left alone.
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
      /// Says what holds for the responses within.
      case says(CompressionMode)
    }

    private let role: Role
    private let handler: any HTTPHandler

    /// Makes a handler that codes responses.
    ///
    /// - Parameters:
    ///   - codings: The content codings on offer, the preferred one first.
    ///   - policy: Which responses are coded.
    ///   - explainsDecision: Whether each response says in `X-Content-Coding-Decision` why it was coded or not.
    ///   - latencyBound: How long bytes may wait in the encoder when nothing follows them.
    ///   - logger: Learns, at the level debug, why a response wasn't coded.
    ///   - handler: Makes the responses.
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

    /// Makes a handler that codes responses, for an application that uses `ResponseBuffering` too.
    ///
    /// - Parameters:
    ///   - buffering: Its settings say what is coded and how much of a body is held; at shutdown its service
    ///     ends responses that are underway.
    ///   - latencyBound: How long bytes may wait in the encoder when nothing follows them.
    ///   - logger: Learns, at the level debug, why a response wasn't coded.
    ///   - handler: Makes the responses.
    public init(
      _ buffering: ResponseBuffering,
      latencyBound: Duration = .milliseconds(10),
      logger: Logger = Logger(label: "swift-output-buffering"),
      handler: some HTTPHandler
    ) {
      role = .codes(ResponseCoding(buffering, latencyBound: latencyBound, logger: logger))
      self.handler = handler
    }

    /// Makes a handler that codes nothing itself and says whether the responses of another are compressed.
    ///
    /// It counts for a coding handler around it and for `ResponseBuffering`; the innermost mode does.
    ///
    /// - Parameters:
    ///   - mode: The mode of the responses.
    ///   - handler: Makes the responses.
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
        return try await RouteCoding.compressionMode(mode) {
          try await handler.handleRequest(request)
        }
      }
    }
  }
#endif
