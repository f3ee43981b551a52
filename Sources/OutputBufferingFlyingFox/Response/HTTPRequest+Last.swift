#if FlyingFox
  import FlyingFox
  import HTTPContentCoding

  extension FlyingFox.HTTPRequest {
    /// Whether FlyingFox reads no further request from the connection, and closes it after the
    /// response (`HTTPRequest.shouldKeepAlive`).
    var isLast: Bool {
      let options = headers.values(for: .connection)
      return version == .http11
        ? options.contains { $0.hasListMember("close") }
        : !options.contains { $0.hasListMember("keep-alive") }
    }
  }
#endif
