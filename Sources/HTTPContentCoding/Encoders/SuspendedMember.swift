/// What an encoder leaves behind of a member, so that another of its kind can go on with it.
///
/// It is small where the encoder is large: a response that waits for its next event holds this and no
/// encoder.
public struct SuspendedMember: Sendable {
  /// The encoder's own, which only its kind understands.
  public let state: any Sendable

  /// Wraps an encoder's state.
  ///
  /// - Parameter state: Whatever ``ContentEncoder/resume(_:)`` needs.
  public init(state: some Sendable) {
    self.state = state
  }
}
