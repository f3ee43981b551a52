/// The status of a response's client (PHP: `connection_status()`).
///
/// More values may be added: compare with the ones below instead of listing them all.
public struct ConnectionStatus: Sendable, Hashable {
  enum Kind: UInt8 {
    case open, inputClosed, aborted, timedOut, finished
  }

  let kind: Kind

  /// The client is connected, as far as the server knows.
  public static var open: ConnectionStatus { ConnectionStatus(kind: .open) }
  /// The client has closed its sending side and may still read.
  ///
  /// This is reported only if half-closed clients are allowed; otherwise it counts as ``aborted``.
  public static var inputClosed: ConnectionStatus { ConnectionStatus(kind: .inputClosed) }
  /// The client left, or the connection broke, before the end of the response.
  public static var aborted: ConnectionStatus { ConnectionStatus(kind: .aborted) }
  /// The time limit ran out, or the time for responses at a shutdown:
  /// ``AfterResponseService/Settings/responseDeadline``.
  public static var timedOut: ConnectionStatus { ConnectionStatus(kind: .timedOut) }
  /// The transport has taken the end of the response; a later disconnect isn't reported.
  public static var finished: ConnectionStatus { ConnectionStatus(kind: .finished) }

  /// Whether no more bytes can reach the client.
  public var isBroken: Bool { kind == .aborted || kind == .timedOut }
}

extension ConnectionStatus: CustomStringConvertible {
  /// The status' name, such as `aborted`.
  public var description: String { "\(kind)" }
}
