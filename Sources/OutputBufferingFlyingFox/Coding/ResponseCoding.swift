#if FlyingFox
  import FlyingFox
  import HTTPContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  import Logging

  /// The work of a handler that codes another handler's responses.
  struct ResponseCoding: Sendable {
    private let buffering: ResponseBuffering
    private let latencyBound: Duration
    private let logger: Logger
    private let codings: [ContentCoding]

    init(_ buffering: ResponseBuffering, latencyBound: Duration, logger: Logger) {
      self.buffering = buffering
      self.codings = buffering.settings.offered
      self.latencyBound = latencyBound
      self.logger = logger
    }

    /// Passes a request on and codes the response: see ``ContentCodingHandler``.
    @concurrent
    func response(
      to request: FlyingFox.HTTPRequest, of handler: any HTTPHandler
    ) async throws -> FlyingFox.HTTPResponse {
      var response = try await codedResponse(to: request, of: handler)
      response.isMarked = RouteCoding.takesMarks
      return response
    }

    private func codedResponse(
      to request: FlyingFox.HTTPRequest, of handler: any HTTPHandler
    ) async throws -> FlyingFox.HTTPResponse {
      let coding = buffering.routeCoding(
        for: RequestMetadata(request), name: "\(request.method.rawValue) \(request.path)",
        latencyBound: latencyBound, logger: logger)
      var restored = request.withoutOverflowingRange
      restored.headers.restoreValidators(offering: codings)
      var response = try await coding.run { [restored] in
        try await handler.handleRequest(restored)
      }
      let isMarked = response.isMarked
      response.isMarked = false
      guard case .httpBody(let body) = response.payload, let head = HTTPTypes.HTTPResponse(response)
      else { return response }
      let content: RouteContent
      let outcome = coding.commit(
        head, isMarked: isMarked, bodyByteCount: body.count, reading: { try await body.read($0) })
      switch outcome {
      case .untouched: return response
      case .codes(let coded): content = coded
      case .passes(let uncoded):
        guard uncoded.closesConnection || uncoded.head.framing == .noContent else {
          var passed = response
          passed.headers.replace(with: uncoded.head.response.headerFields)
          passed.payload = .httpBody(body.content(of: uncoded, in: coding))
          return passed
        }
        content = coding.content(of: uncoded) { try await body.read($0) }
      }
      var coded = try await CodedSource(content, answersLastRequest: request.isLast).response(
        collectingUpTo: buffering.settings.maximumUnsentBytes)
      if coded.statusCode.code == response.statusCode.code {
        coded.statusCode = response.statusCode
        coded.headers = response.headers.replaced(with: coded.headers)
      }
      return coded
    }
  }
#endif
