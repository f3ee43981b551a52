/// What has become of a response's client (PHP: `connection_status()`).
public enum ConnectionStatus: UInt8, Sendable, Hashable {
  /// The client is there, as far as anybody can tell.
  case open
  /// The client has closed its sending side and may still read; only where half-closed clients are
  /// allowed, elsewhere this counts as ``aborted``.
  case inputClosed
  /// The client left, or the connection broke, before the end of the response.
  case aborted
  /// The time limit ran out, or the time that a shutdown leaves to responses:
  /// ``AfterResponseService/Settings/responseDeadline``.
  case timedOut
  /// The transport has taken the end of the response; what the client does later is its affair.
  case finished

  /// Whether nothing more can reach the client.
  public var isBroken: Bool { self == .aborted || self == .timedOut }
}
