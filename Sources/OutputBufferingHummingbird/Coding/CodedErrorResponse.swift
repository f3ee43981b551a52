#if Hummingbird
  import HTTPTypes
  import Hummingbird

  /// An error whose response the middleware has coded.
  ///
  /// It is thrown in place of the error, so that the middlewares around see an error of the same status.
  struct CodedErrorResponse: HTTPResponseError, CustomStringConvertible {
    /// What was thrown.
    let originalError: any HTTPResponseError
    let response: Response

    var status: HTTPResponse.Status { originalError.status }

    var description: String { "\(originalError)" }

    func response(from request: Request, context: some RequestContext) throws -> Response {
      response
    }
  }
#endif
