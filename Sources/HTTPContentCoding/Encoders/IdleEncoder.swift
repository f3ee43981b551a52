/// An encoder that waits in its pool.
struct IdleEncoder {
  let encoder: UniqueEncoder
  /// Whose member the encoder still has; nil for one that is as new.
  let place: ParkingPlace?

  init(_ encoder: UniqueEncoder, parkedAt place: ParkingPlace? = nil) {
    self.encoder = encoder
    self.place = place
  }

  /// Leaves a member that the encoder has to its owner; the encoder has to be reset then.
  ///
  /// - Returns: Whether that is done; an encoder that can't leave its member keeps it.
  func leaveMember() -> Bool {
    guard let place, let member = encoder.suspend() else { return false }
    place.member = member
    return true
  }
}

/// Where a pool leaves what a stream needs to go on; used with the pool's lock held.
final class ParkingPlace: @unchecked Sendable {
  /// The member, once its encoder was taken.
  var member: SuspendedMember?
}
