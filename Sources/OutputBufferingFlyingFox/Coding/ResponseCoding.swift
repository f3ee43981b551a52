#if FlyingFox
  import FlyingFox
  import HTTPContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  import Logging

  /// What a handler does that codes the responses of another.
  struct ResponseCoding: Sendable {
    private let buffering: ResponseBuffering
    private let latencyBound: Duration
    private let logger: Logger
    private let codings: [ContentCoding]

    init(_ buffering: ResponseBuffering, latencyBound: Duration, logger: Logger) {
      self.buffering = buffering
      self.codings = buffering.settings.offered
      self.latencyBound = latencyBound.boundedForSleep
      self.logger = logger
    }

    /// Passes a request on and codes the response: see ``ContentCodingHandler``.
    @concurrent
    func response(
      to request: FlyingFox.HTTPRequest, of handler: any HTTPHandler
    ) async throws -> FlyingFox.HTTPResponse {
      var metadata = RequestMetadata(request).asReceived(by: .current)
      var restored = request.withoutOverflowingRange
      let isRestored = restored.headers.restoreValidators(offering: codings)
      let mark = ResponseMark(
        ifNoneMatch: isRestored ? metadata.ifNoneMatch : ResponseMark.current?.ifNoneMatch)
      let underway = UnderwayResponse(to: request, service: buffering.service)
      let response = try await ResponseMark.$current.withValue(mark) { [restored] in
        try await handler.handleRequest(restored)
      }
      if mark.isBuffered { ResponseMark.current?.markBuffered() }
      defer { ResponseMark.current?.markCoded() }
      metadata.compressionMode = mark.compressionMode
      guard !mark.isBuffered, !mark.isCoded, case .httpBody(let body) = response.payload,
        let head = HTTPTypes.HTTPResponse(response)
      else { return response }
      var machine = ResponseMachine(
        request: metadata, head: head, settings: buffering.settings)
      // A handler that answers HEAD as it does GET tells the length of GET by its body.
      let describesGET =
        metadata.method == .head && head.headerFields[.contentLength] == nil
        && body.count ?? 0 > 0
      let limit = buffering.settings.maximumUnsentBytes
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
