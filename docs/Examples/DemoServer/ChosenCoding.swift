#if Hummingbird
  import Hummingbird
  import OutputBufferingHummingbird

  /// Lets a page choose the coding, since browsers don't let pages set `Accept-Encoding`.
  ///
  /// With `?coding=gzip`, only gzip is left of the codings that the browser accepts.
  struct ChosenCoding: RouterMiddleware {
    typealias Context = DemoContext

    func handle(
      _ request: Request, context: Context,
      next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
      guard let coding = request.uri.queryParameters["coding"].map(String.init) else {
        return try await next(request, context)
      }
      var head = request.head
      head.headerFields[.acceptEncoding] =
        request.acceptedCodings.contains(coding) ? coding : "identity"
      return try await next(Request(head: head, body: request.body), context)
    }
  }

  extension Request {
    /// The codings that a browser lists; browsers don't weigh them.
    var acceptedCodings: [String] {
      (headers[.acceptEncoding] ?? "").split { $0 == "," || $0 == " " }.map(String.init)
    }
  }
#endif
