#if FlyingFox
  import FlyingFox
  import HTTPContentCoding
  import HTTPOutputBuffering
  import HTTPTypes

  extension RequestMetadata {
    /// Describes a request of FlyingFox, by the fields that matter: a client may send any number of others.
    ///
    /// What isn't HTTP/1.1 counts as HTTP/1.0, as it does for FlyingFox's connections.
    init(_ request: FlyingFox.HTTPRequest) {
      self.init(
        method: HTTPTypes.HTTPRequest.Method(request.method.rawValue) ?? .get,
        version: request.version == .http11 ? .http1_1 : .http1_0,
        acceptEncoding: AcceptEncoding(
          fieldValues: request.headers.values(for: HTTPHeader("Accept-Encoding"))),
        asksToClose: HTTPFields.asksToClose(connection: request.headers.values(for: .connection)),
        ifNoneMatch: request.headers.values(for: .ifNoneMatch))
    }
  }
#endif
