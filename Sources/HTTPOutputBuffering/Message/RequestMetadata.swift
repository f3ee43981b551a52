public import HTTPContentCoding
public import HTTPTypes

/// The properties of a request that determine the framing and coding of its response.
public struct RequestMetadata: Sendable {
  /// The request's method; a response to HEAD has GET's fields but no content (RFC 9110 §9.3.2).
  public var method: HTTPRequest.Method
  /// The version of HTTP the client speaks.
  public var version: HTTPProtocolVersion
  /// The content codings that the client accepts (RFC 9110 §12.5.3).
  public var acceptEncoding: AcceptEncoding
  /// Whether the client asks for the connection to close after the response (RFC 9112 §9.6).
  public var asksToClose: Bool
  /// The lines of `If-None-Match` as the client sent them (RFC 9110 §13.1.2).
  ///
  /// A route sees its own tags instead of those of coded responses: see
  /// `HTTPRequest.restoringValidators(offering:)`. A 304 carries the tag that the client has.
  public var ifNoneMatch: [String]
  /// The mode that a middleware has set for the route; nil for none.
  package var compressionMode: CompressionMode?
  /// Whether the request may have conditions that have to be changed for a route: see
  /// `HTTPRequest.restoringValidators(offering:)`.
  package private(set) var hasConditions = false

  /// Whether the client may send another protocol after the request (RFC 9110 §7.8, §9.3.6).
  ///
  /// NIO's decoder reads no further request then, so a response that switches no protocol closes
  /// the connection.
  private var offersUpgrade = false

  /// Describes a request.
  ///
  /// - Parameters:
  ///   - method: The request's method.
  ///   - version: The version of HTTP the client speaks.
  ///   - acceptEncoding: The content codings that the client accepts.
  ///   - asksToClose: Whether the client asks for the connection to close after the response.
  ///   - ifNoneMatch: The lines of `If-None-Match` as the client sent them.
  public init(
    method: HTTPRequest.Method,
    version: HTTPProtocolVersion = .http1_1,
    acceptEncoding: AcceptEncoding,
    asksToClose: Bool = false,
    ifNoneMatch: [String] = []
  ) {
    self.method = method
    self.version = version
    self.acceptEncoding = acceptEncoding
    self.asksToClose = asksToClose
    self.ifNoneMatch = ifNoneMatch
  }

  /// Whether the connection closes after the response: HTTP/1.0 connections always do, and an
  /// HTTP/2 request can't ask for it (RFC 9113 §8.2.2).
  package var closesConnection: Bool {
    switch version.kind {
    case .http1_0: true
    case .http1_1: asksToClose || offersUpgrade
    case .http2: false
    }
  }

  /// The request as the client sent it, with the mode of its route, even if a middleware has passed
  /// on a changed request.
  package func asReceived(by mark: MiddlewareState?) -> RequestMetadata {
    guard let mark else { return self }
    var request = self
    if let ifNoneMatch = mark.ifNoneMatch { request.ifNoneMatch = ifNoneMatch }
    request.compressionMode = mark.compressionMode
    return request
  }

  /// Describes a request by its head.
  ///
  /// - Parameters:
  ///   - request: The request's head as the client sent it, with every line of `Accept-Encoding`.
  ///   - version: The version of HTTP the client speaks.
  public init(_ request: HTTPRequest, version: HTTPProtocolVersion = .http1_1) {
    var last: AcceptEncoding.Last?
    self.init(
      method: request.method, version: version, fields: request.headerFields, after: &last)
  }

  /// Describes a request by its field lines, in any type that a framework uses.
  ///
  /// The lines aren't copied into `HTTPFields`, which traps at 65,535 fields, because a client may
  /// send any number.
  ///
  /// - Parameters:
  ///   - method: The request's method.
  ///   - version: The version of HTTP the client speaks.
  ///   - lines: The field lines as the client sent them, in order, with names in any case and
  ///     values without surrounding whitespace.
  public init(
    method: HTTPRequest.Method, version: HTTPProtocolVersion = .http1_1,
    lines: some Sequence<(name: String, value: String)>
  ) {
    self.init(method: method, version: version, acceptEncoding: AcceptEncoding())
    for line in lines {
      if let field = KnownField(line.name) { note(field, line.value) }
    }
  }

  /// Describes a request in one pass over its fields.
  ///
  /// - Parameters:
  ///   - method: The request's method.
  ///   - version: The version of HTTP the client speaks.
  ///   - fields: The request's fields as the client sent them.
  ///   - last: The preference of the connection's last request, which becomes that of this one;
  ///     nil if the adapter keeps none.
  package init(
    method: HTTPRequest.Method, version: HTTPProtocolVersion, fields: some HeaderFields,
    after last: inout AcceptEncoding.Last?
  ) {
    self.init(method: method, version: version, acceptEncoding: AcceptEncoding())
    var (hasField, hasOption) = (false, false)
    _ = fields.forEachKnownLine { field, value in
      if field == .acceptEncoding, !acceptEncoding.isFieldPresent,
        let preference = last?.read(value)
      {
        return acceptEncoding = preference
      }
      note(field, value)
      if field == .upgrade { hasField = true }
      if field == .connection, value.hasListMember("upgrade") { hasOption = true }
    }
    offersUpgrade = method == .connect || (hasField && hasOption)
  }

  private mutating func note(_ field: KnownField, _ value: String) {
    switch field {
    case .acceptEncoding: acceptEncoding.read(value)
    case .connection: if value.hasListMember("close") { asksToClose = true }
    case .ifNoneMatch:
      ifNoneMatch.append(value)
      hasConditions = true
    case .ifMatch, .ifRange: hasConditions = true
    default: break
    }
  }
}
