public import HTTPContentCoding
public import HTTPTypes

/// What the machine has to know of a request to frame and code its response.
public struct RequestMetadata: Sendable {
  /// The request's method; a response to HEAD has the fields of GET and no content (RFC 9110 §9.3.2).
  public var method: HTTPRequest.Method
  /// The version of HTTP the client speaks.
  public var version: HTTPProtocolVersion
  /// The content codings that the client accepts (RFC 9110 §12.5.3).
  public var acceptEncoding: AcceptEncoding

  /// Describes a request.
  ///
  /// - Parameters:
  ///   - method: The request's method.
  ///   - version: The version of HTTP the client speaks.
  ///   - acceptEncoding: The content codings that the client accepts.
  public init(
    method: HTTPRequest.Method,
    version: HTTPProtocolVersion = .http1_1,
    acceptEncoding: AcceptEncoding
  ) {
    self.method = method
    self.version = version
    self.acceptEncoding = acceptEncoding
  }

  /// Describes a request by its head.
  ///
  /// - Parameters:
  ///   - request: The request's head; every `Accept-Encoding` line of it counts.
  ///   - version: The version of HTTP the client speaks.
  public init(_ request: HTTPRequest, version: HTTPProtocolVersion = .http1_1) {
    self.init(
      method: request.method,
      version: version,
      acceptEncoding: AcceptEncoding(request.headerFields)
    )
  }
}
