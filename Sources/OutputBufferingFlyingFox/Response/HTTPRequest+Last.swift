#if FlyingFox
  import FlyingFox

  extension FlyingFox.HTTPRequest {
    /// Whether FlyingFox reads no further request from the connection, and closes it after the
    /// response (`HTTPRequest.shouldKeepAlive`).
    var isLast: Bool {
      let options = (headers[.connection] ?? "").split(separator: ",").map { option in
        option.lowercased().filter { $0 != " " && $0 != "\t" }
      }
      return version == .http11 ? options.contains("close") : !options.contains("keep-alive")
    }
  }
#endif
