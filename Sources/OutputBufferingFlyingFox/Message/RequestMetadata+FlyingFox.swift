#if FlyingFox
  import FlyingFox
  import HTTPContentCoding
  import HTTPOutputBuffering
  import HTTPTypes

  extension RequestMetadata {
    /// Describes a request of FlyingFox.
    ///
    /// What isn't HTTP/1.1 counts as HTTP/1.0, as it does for FlyingFox's connections.
    init(_ request: FlyingFox.HTTPRequest) {
      var fields = HTTPFields()
      for value in request.headers.values(for: HTTPHeader("Accept-Encoding")) {
        fields.append(HTTPField(name: .acceptEncoding, value: value))
      }
      self.init(
        method: HTTPTypes.HTTPRequest.Method(request.method.rawValue) ?? .get,
        version: request.version == .http11 ? .http1_1 : .http1_0,
        acceptEncoding: AcceptEncoding(fields),
        asksToClose: HTTPFields(request.headers).asksToClose,
        ifNoneMatch: request.headers.values(for: .ifNoneMatch))
    }
  }
#endif
