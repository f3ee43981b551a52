/// The protocol that a scripted server speaks.
public enum WireProtocol: String, Sendable, CaseIterable {
  /// HTTP/1.0 and HTTP/1.1 in clear text.
  case http1 = "h1"
  /// HTTP/2 in clear text, with prior knowledge (RFC 9113 §3.3).
  case http2 = "h2c"
  /// HTTP/2 over TLS (RFC 9113 §3.2), by means of the `openssl` tool.
  case http2OverTLS = "h2-tls"

  /// The names that cases use for it.
  var names: [String] { self == .http1 ? ["h1"] : [rawValue, "h2"] }

  func connect(host: String, port: Int) throws -> any WireConnection {
    switch self {
    case .http1:
      HTTP1Connection(try ByteChannel(host: host, port: port))
    case .http2:
      try HTTP2Connection(try ByteChannel(host: host, port: port), scheme: "http")
    case .http2OverTLS:
      try HTTP2Connection(
        try ByteChannel(tlsHost: host, port: port, applicationProtocol: "h2"), scheme: "https")
    }
  }
}
