#if FlyingFox
  import FlyingFox
  import HTTPOutputBuffering
  import HTTPTypes

  extension RequestMetadata {
    /// Describes a request of FlyingFox by its relevant fields only, since a client may send any
    /// number of others.
    ///
    /// Any version other than HTTP/1.1 counts as HTTP/1.0, as it does for FlyingFox's connections.
    init(_ request: FlyingFox.HTTPRequest) {
      self.init(
        method: HTTPTypes.HTTPRequest.Method(request.method.rawValue) ?? .get,
        version: request.version == .http11 ? .http1_1 : .http1_0,
        lines: request.headers.lazy.map { (name: $0.key.rawValue, value: $0.value) })
    }
  }
#endif
