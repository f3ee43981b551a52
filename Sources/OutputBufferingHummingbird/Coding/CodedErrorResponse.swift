#if Hummingbird
  import HTTPTypes
  import Hummingbird

  /// An error whose response the middleware has coded.
  ///
  /// It replaces the original error, so that outer middlewares see an error with the same status.
  struct CodedErrorResponse: HTTPResponseError, CustomStringConvertible {
    /// The original error.
    let originalError: any HTTPResponseError
    let response: Response

    var status: HTTPResponse.Status { originalError.status }

    var description: String { "\(originalError)" }

    func response(from request: Request, context: some RequestContext) throws -> Response {
      response
    }
  }
#endif
