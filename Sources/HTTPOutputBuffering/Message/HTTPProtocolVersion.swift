/// The version of HTTP that a request came in.
///
/// The version decides how the end of a message is told: by chunks or a length in HTTP/1.1
/// (RFC 9112 §6), by `END_STREAM` in HTTP/2 (RFC 9113 §8.1), by closing in HTTP/1.0.
public enum HTTPProtocolVersion: Sendable, Hashable {
  /// HTTP/1.0: no chunks, no interim responses, no trailers.
  case http1_0
  /// HTTP/1.1 (RFC 9112).
  case http1_1
  /// HTTP/2 (RFC 9113): framing is the stream's, connection-specific fields are forbidden.
  case http2

  /// Whether a client of this version can be sent interim responses (RFC 9110 §15.2).
  public var hasInterimResponses: Bool { self != .http1_0 }
}
