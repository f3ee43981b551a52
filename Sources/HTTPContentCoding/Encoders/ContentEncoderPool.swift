import Synchronization

/// Keeps encoders that are not in use, because making one costs more than using it.
///
/// Any number of encoders can be handed out at a time: who asks for one gets one, and how many
/// responses there are is not decided here. What is bounded is the memory that idle encoders
/// hold, those included that streams have parked until their next event.
///
/// ```swift
/// var lease = try pool.lease()
/// try lease.encode(body.span, flush: .finish, into: &output)
/// // The encoder is back in the pool, reset, when the lease goes out of scope.
/// ```
public final class ContentEncoderPool: Sendable {
  /// How many idle encoders are kept; one that comes back beyond that is freed.
  public let capacity: Int

  /// Whether its encoders can leave a stream that waits (``ContentEncoder/canSuspend``): such a stream holds
  /// no encoder.
  public let canSuspend: Bool

  /// Whether its encoders can make a member longer (``BodyDescription/paddingByteCount``).
  public let canPad: Bool

  private let make: @Sendable () throws(ContentEncoderError) -> sending any ContentEncoder
  private let state = Mutex(State())

  fileprivate struct State {
    var liveCount = 0
    /// Those that have been idle for longest come first.
    var idle: [IdleEncoder] = []
  }

  /// Creates an empty pool.
  ///
  /// - Parameters:
  ///   - capacity: The most idle encoders to keep. A negative number means none.
  ///   - canSuspend: Whether the encoders can leave a stream that waits, each of them.
  ///   - canPad: Whether the encoders can make a member longer, each of them.
  ///   - make: Makes an encoder that nothing else refers to. Runs when an encoder is wanted and
  ///     none is idle, possibly on several threads at once.
  public init(
    capacity: Int,
    canSuspend: Bool = false,
    canPad: Bool = false,
    make: @escaping @Sendable () throws(ContentEncoderError) -> sending any ContentEncoder
  ) {
    self.capacity = max(0, capacity)
    self.canSuspend = canSuspend
    self.canPad = canPad
    self.make = make
  }

  /// How many encoders are handed out; one that is parked isn't.
  public var liveCount: Int { state.withLock { $0.liveCount } }

  /// How many encoders are waiting to be handed out, those that are parked included.
  public var idleCount: Int { state.withLock { $0.idle.count } }

  /// Hands out an encoder that is as new.
  ///
  /// - Returns: A lease that gives the encoder back when it goes out of scope.
  /// - Throws: What making an encoder throws, such as
  ///   ``ContentEncoderError/Code-swift.struct/outOfMemory``.
  public func lease() throws(ContentEncoderError) -> ContentEncoderLease {
    let idle = state.withLock { state in
      state.liveCount += 1
      return state.takeFreest()
    }
    return ContentEncoderLease(try ready(idle), from: self)
  }

  /// Takes an encoder back: reset if it can be and if there is room, freed otherwise.
  func takeBack(_ encoder: UniqueEncoder) {
    // Resetting and freeing are the encoder's own code, which never runs with the lock held.
    let isReset = encoder.reset()
    state.withLock { state in
      state.liveCount -= 1
      if isReset, state.idle.count < capacity { state.idle.append(IdleEncoder(encoder)) }
    }
  }

  // An encoder that is as new, for who has been counted already; one that was idle has left its member
  // where it had one.
  private func ready(_ idle: IdleEncoder?) throws(ContentEncoderError) -> UniqueEncoder {
    if let idle, idle.place == nil || idle.encoder.reset() { return idle.encoder }
    do {
      return UniqueEncoder(try make())
    } catch {
      state.withLock { $0.liveCount -= 1 }
      throw error
    }
  }
}

extension ContentEncoderPool.State {
  /// Takes an encoder that is as new, or else that of the stream that has waited longest.
  fileprivate mutating func takeFreest() -> IdleEncoder? {
    // The last one that came back is the one most likely to be in the processor's cache.
    if let index = idle.lastIndex(where: { $0.place == nil }) { return idle.remove(at: index) }
    guard let index = idle.firstIndex(where: { $0.leaveMember() }) else { return nil }
    return idle.remove(at: index)
  }

  fileprivate mutating func takeEncoder(parkedAt place: ParkingPlace) -> UniqueEncoder? {
    guard let index = idle.lastIndex(where: { $0.place === place }) else { return nil }
    liveCount += 1
    return idle.remove(at: index).encoder
  }
}

// Streams that wait.
extension ContentEncoderPool {
  /// Keeps an encoder for a member that may go on, until somebody else needs it.
  ///
  /// - Returns: Whether it was taken; one that can't leave its member stays with it.
  func park(_ encoder: UniqueEncoder, at place: ParkingPlace) -> Bool {
    guard encoder.canSuspend else { return false }
    let (isParked, evicted) = state.withLock { state -> (Bool, IdleEncoder?) in
      var parked = IdleEncoder(encoder, parkedAt: place)
      guard state.idle.count >= capacity else {
        state.idle.append(parked)
        state.liveCount -= 1
        return (true, nil)
      }
      // Whoever has waited longest waits on without an encoder; where none are kept that is this one.
      if let freest = state.takeFreest() {
        state.idle.append(parked)
        parked = freest
      } else if !parked.leaveMember() {
        return (false, nil)
      }
      state.liveCount -= 1
      return (true, parked)
    }
    // It is freed here, without the lock.
    _ = consume evicted
    return isParked
  }

  /// Goes on with a member that was parked, by its own encoder or by another.
  func unpark(_ place: ParkingPlace) throws(ContentEncoderError) -> UniqueEncoder {
    let (own, idle, member) = state.withLock {
      state -> (UniqueEncoder?, IdleEncoder?, SuspendedMember?) in
      if let own = state.takeEncoder(parkedAt: place) { return (own, nil, nil) }
      guard let member = place.member.take() else { return (nil, nil, nil) }
      state.liveCount += 1
      return (nil, state.takeFreest(), member)
    }
    if let own { return own }
    guard let member else {
      throw ContentEncoderError(
        code: .invalidState, message: "encode(_:flush:into:) after an error in the member")
    }
    let encoder: UniqueEncoder
    do throws(ContentEncoderError) {
      encoder = try ready(idle)
    } catch {
      // Nothing is lost: the next call may find an encoder.
      state.withLock { _ in place.member = member }
      throw error
    }
    do throws(ContentEncoderError) {
      try encoder.resume(member)
    } catch {
      takeBack(encoder)
      throw error
    }
    return encoder
  }

  /// Nobody will go on with a parked member.
  func abandon(_ place: ParkingPlace) {
    if let encoder = state.withLock({ $0.takeEncoder(parkedAt: place) }) { takeBack(encoder) }
  }
}
