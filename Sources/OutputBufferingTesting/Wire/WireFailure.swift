/// Why a client could not go on.
struct WireFailure: Error, CustomStringConvertible {
  var description: String
  /// Nothing came by the deadline.
  var isTimeout = false

  static func timeout(_ description: String) -> Self {
    Self(description: description, isTimeout: true)
  }
}
