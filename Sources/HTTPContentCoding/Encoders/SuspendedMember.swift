/// The state of a suspended member, from which another encoder of the same kind can continue.
///
/// It is much smaller than an encoder: a response that waits for its next event holds this and no
/// encoder.
public struct SuspendedMember: Sendable {
  /// The encoder's state, which only encoders of the same kind understand.
  public let state: any Sendable

  /// Wraps an encoder's state.
  ///
  /// - Parameter state: The state that ``ContentEncoder/resume(_:)`` needs.
  public init(state: some Sendable) {
    self.state = state
  }
}
