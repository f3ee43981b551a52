/// The version of HTTP of a request.
///
/// The version decides how a message ends: with the last chunk or a length in HTTP/1.1 (RFC 9112
/// §6), with `END_STREAM` in HTTP/2 (RFC 9113 §8.1), and with a length or the close of the
/// connection in HTTP/1.0.
///
/// More versions may be added: compare with the ones below instead of listing them all.
public struct HTTPProtocolVersion: Sendable, Hashable {
  package enum Kind: Sendable {
    case http1_0, http1_1, http2
  }

  package let kind: Kind

  /// HTTP/1.0: no chunks, no interim responses, no trailers.
  public static var http1_0: HTTPProtocolVersion { HTTPProtocolVersion(kind: .http1_0) }
  /// HTTP/1.1 (RFC 9112).
  public static var http1_1: HTTPProtocolVersion { HTTPProtocolVersion(kind: .http1_1) }
  /// HTTP/2 (RFC 9113): streams frame the messages, and connection-specific fields are forbidden.
  public static var http2: HTTPProtocolVersion { HTTPProtocolVersion(kind: .http2) }

  /// Whether clients of this version understand interim responses (RFC 9110 §15.2).
  public var hasInterimResponses: Bool { self != .http1_0 }
}

extension HTTPProtocolVersion: CustomStringConvertible {
  /// The version as the standards write it, such as `HTTP/1.1`.
  public var description: String {
    switch kind {
    case .http1_0: "HTTP/1.0"
    case .http1_1: "HTTP/1.1"
    case .http2: "HTTP/2"
    }
  }
}
