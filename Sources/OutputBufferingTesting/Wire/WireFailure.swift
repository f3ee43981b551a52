/// An error of a client.
package struct WireFailure: Error, CustomStringConvertible {
  package var description: String
  /// Whether nothing arrived by the deadline.
  package var isTimeout: Bool

  package init(description: String, isTimeout: Bool = false) {
    self.description = description
    self.isTimeout = isTimeout
  }

  static func timeout(_ description: String) -> Self {
    Self(description: description, isTimeout: true)
  }
}
