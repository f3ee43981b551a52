/// What has become of a response's client (PHP: `connection_status()`).
///
/// More values may be added: compare with the ones below, don't list them all.
public struct ConnectionStatus: Sendable, Hashable {
  enum Kind: UInt8 {
    case open, inputClosed, aborted, timedOut, finished
  }

  let kind: Kind

  /// The client is there, as far as anybody can tell.
  public static var open: ConnectionStatus { ConnectionStatus(kind: .open) }
  /// The client has closed its sending side and may still read; only where half-closed clients are
  /// allowed, elsewhere this counts as ``aborted``.
  public static var inputClosed: ConnectionStatus { ConnectionStatus(kind: .inputClosed) }
  /// The client left, or the connection broke, before the end of the response.
  public static var aborted: ConnectionStatus { ConnectionStatus(kind: .aborted) }
  /// The time limit ran out, or the time that a shutdown leaves to responses:
  /// ``AfterResponseService/Settings/responseDeadline``.
  public static var timedOut: ConnectionStatus { ConnectionStatus(kind: .timedOut) }
  /// The transport has taken the end of the response; what the client does later is its affair.
  public static var finished: ConnectionStatus { ConnectionStatus(kind: .finished) }

  /// Whether nothing more can reach the client.
  public var isBroken: Bool { kind == .aborted || kind == .timedOut }
}

extension ConnectionStatus: CustomStringConvertible {
  /// The status' name, such as `aborted`.
  public var description: String { "\(kind)" }
}
