/// When a test's client leaves.
///
/// Future versions may add moments: compare with the ones below instead of listing them all.
public struct ClientDeparture: Sendable, Hashable {
  enum Kind: Hashable {
    case beforeHead, afterHead, never
    case afterContent(Int)
  }

  let kind: Kind

  /// The client stays until it has the whole response.
  public static var never: ClientDeparture { ClientDeparture(kind: .never) }

  /// The client leaves before the handler runs.
  public static var beforeHead: ClientDeparture { ClientDeparture(kind: .beforeHead) }

  /// The client leaves after it has received the head and everything sent in the same write.
  ///
  /// If that is the whole response, the client doesn't leave.
  public static var afterHead: ClientDeparture { ClientDeparture(kind: .afterHead) }

  /// The client leaves after it has received at least this many bytes of decoded content.
  ///
  /// If the response ends with them, the client doesn't leave.
  ///
  /// - Parameter byteCount: The length in bytes.
  /// - Returns: The moment.
  public static func afterContent(_ byteCount: Int) -> ClientDeparture {
    ClientDeparture(kind: .afterContent(byteCount))
  }
}
