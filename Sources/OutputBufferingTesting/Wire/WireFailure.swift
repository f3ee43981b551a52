/// An error of a client.
struct WireFailure: Error, CustomStringConvertible {
  var description: String
  /// Whether nothing arrived by the deadline.
  var isTimeout = false

  static func timeout(_ description: String) -> Self {
    Self(description: description, isTimeout: true)
  }
}
