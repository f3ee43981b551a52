/// When a client leaves, in a test.
///
/// More moments may be added: compare with the ones below, don't list them all.
public struct ClientDeparture: Sendable, Hashable {
  enum Kind: Hashable {
    case beforeHead, afterHead, never
    case afterContent(Int)
  }

  let kind: Kind

  /// It stays until it has all of the response.
  public static var never: ClientDeparture { ClientDeparture(kind: .never) }

  /// It has left before the handler runs.
  public static var beforeHead: ClientDeparture { ClientDeparture(kind: .beforeHead) }

  /// It leaves when it has the head, and with it what was sent in the same write.
  ///
  /// Where that was all of the response, it doesn't leave.
  public static var afterHead: ClientDeparture { ClientDeparture(kind: .afterHead) }

  /// It leaves when it has at least so many bytes of content, decoded.
  ///
  /// Where the response ends with them, it doesn't leave.
  ///
  /// - Parameter byteCount: The length in bytes.
  /// - Returns: The moment.
  public static func afterContent(_ byteCount: Int) -> ClientDeparture {
    ClientDeparture(kind: .afterContent(byteCount))
  }
}
