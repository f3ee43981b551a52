#if FlyingFox
  public import FlyingFox
  import HTTPContentCoding
  public import HTTPOutputBuffering
  import HTTPTypes
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
  /// A response made by `ResponseBuffering` is coded already and is left alone.
  ///
  /// ```swift
  /// let server = HTTPServer(
  ///   address: try .inet(ip4: "127.0.0.1", port: port),
  ///   pool: NoDelaySocketPool(),
  ///   handler: ContentCodingHandler(buffering, handler: routes)
  /// )
  /// ```
  public struct ContentCodingHandler: HTTPHandler {
    private let buffering: ResponseBuffering
    private let latencyBound: Duration
    private let logger: Logger
    private let codings: [ContentCoding]
    private let handler: any HTTPHandler

    /// Makes the handler.
    ///
    /// - Parameters:
    ///   - buffering: Its settings say what is coded and how much of a body is held.
    ///   - latencyBound: How long bytes may wait in the encoder when nothing follows them.
    ///   - logger: Learns, at the level debug, why a response wasn't coded.
    ///   - handler: Makes the responses.
    public init(
      _ buffering: ResponseBuffering,
      latencyBound: Duration = .milliseconds(10),
      logger: Logger = Logger(label: "swift-output-buffering"),
      handler: some HTTPHandler
    ) {
      self.buffering = buffering
      self.codings = buffering.settings.response.offered
      self.latencyBound = latencyBound.boundedForSleep
      self.logger = logger
      self.handler = handler
    }

    /// Passes a request on and codes the response.
    @concurrent
    public func handleRequest(
      _ request: FlyingFox.HTTPRequest
    ) async throws -> FlyingFox.HTTPResponse {
      let metadata = RequestMetadata(request).asReceived(by: .current)
      var restored = request.withoutOverflowingRange
      let isRestored = restored.headers.restoreValidators(offering: codings)
      let mark = ResponseMark(
        ifNoneMatch: isRestored ? metadata.ifNoneMatch : ResponseMark.current?.ifNoneMatch)
      let underway = UnderwayResponse(to: request, service: buffering.service)
      let response = try await ResponseMark.$current.withValue(mark) { [restored] in
        try await handler.handleRequest(restored)
      }
      if mark.isBuffered { ResponseMark.current?.markBuffered() }
      guard !mark.isBuffered, case .httpBody(let body) = response.payload,
        let head = HTTPTypes.HTTPResponse(response)
      else { return response }
      var machine = ResponseMachine(
        request: metadata, head: head, settings: buffering.settings.response)
      // A handler that answers HEAD as it does GET tells the length of GET by its body.
      let describesGET =
        metadata.method == .head && head.headerFields[.contentLength] == nil
        && body.count ?? 0 > 0
      let limit = buffering.settings.response.maximumUnsentBytes
      var coded: FlyingFox.HTTPResponse
      if !describesGET, let passage = machine.passThrough(bodyByteCount: body.count) {
        buffering.record(machine, logger: logger)
        let (head, closesConnection) = (passage.head, passage.closesConnection)
        let content = body.content(of: passage, in: underway)
        if !closesConnection && head.framing != .noContent {
          var passed = response
          passed.headers.replace(with: head.response.headerFields)
          passed.payload = .httpBody(content)
          return passed
        }
        let source = PassedSource(
          content, closesConnection: closesConnection, underway: underway)
        coded = try await FlyingFox.HTTPResponse(
          head, first: ResponseOutput(), from: source, collectingUpTo: limit)
      } else {
        let source = CodedSource(
          machine: machine, body: body, latencyBound: latencyBound, buffering: buffering,
          logger: logger,
          underway: underway)
        coded = try await source.response(collectingUpTo: limit)
      }
      if coded.statusCode.code == response.statusCode.code {
        coded.statusCode = response.statusCode
        coded.headers = response.headers.replaced(with: coded.headers)
      }
      return coded
    }
  }
#endif
