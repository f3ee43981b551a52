/// An encoder that waits in its pool.
struct IdleEncoder {
  let encoder: UniqueEncoder
  /// Whose member the encoder still has; nil for one that is as new.
  let place: ParkingPlace?
  /// Whether its member was left to be resumed elsewhere: it has to be reset.
  var isTaken = false

  init(_ encoder: UniqueEncoder, parkedAt place: ParkingPlace? = nil) {
    self.encoder = encoder
    self.place = place
  }

  /// Leaves a member that the encoder has to its owner.
  ///
  /// - Returns: Whether the encoder is free; one that can't leave its member isn't.
  func leaveMember() -> Bool {
    guard let place else { return true }
    guard let member = encoder.suspend() else { return false }
    place.member = member
    return true
  }
}

/// Where a pool leaves what a stream needs to go on; used with the pool's lock held.
final class ParkingPlace: @unchecked Sendable {
  /// What has become of the member, once its encoder was taken.
  var member: SuspendedMember?
}

extension [IdleEncoder] {
  /// Takes an encoder that is as new, or else the one whose stream has waited longest.
  mutating func takeFreest() -> IdleEncoder? {
    // The last one that came back is the one most likely to be in the processor's cache.
    if let index = lastIndex(where: { $0.place == nil }) { return remove(at: index) }
    guard let index = firstIndex(where: { $0.leaveMember() }) else { return nil }
    var taken = remove(at: index)
    taken.isTaken = true
    return taken
  }
}
