/// An idle encoder in its pool.
struct IdleEncoder {
  let encoder: UniqueEncoder
  /// The place of the member that the encoder still has; nil if it is in its initial state.
  let place: ParkingPlace?

  init(_ encoder: UniqueEncoder, parkedAt place: ParkingPlace? = nil) {
    self.encoder = encoder
    self.place = place
  }

  /// Suspends the encoder's member, if it has one, for its owner; the encoder must then be reset.
  ///
  /// - Returns: False if the encoder can't suspend its member and keeps it.
  func leaveMember() -> Bool {
    guard let place, let member = encoder.suspend() else { return false }
    place.member = member
    return true
  }
}

/// Where a pool stores what a stream needs to continue; used with the pool's lock held.
final class ParkingPlace: @unchecked Sendable {
  /// The suspended member, once its encoder has been taken.
  var member: SuspendedMember?
}
