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

  private let make: @Sendable () throws(ContentEncoderError) -> sending any ContentEncoder
  private let state = Mutex(State())

  private struct State {
    var liveCount = 0
    /// Those that have been idle for longest come first.
    var idle: [IdleEncoder] = []
  }

  /// Creates an empty pool.
  ///
  /// - Parameters:
  ///   - capacity: The most idle encoders to keep. A negative number means none.
  ///   - make: Makes an encoder that nothing else refers to. Runs when an encoder is wanted and
  ///     none is idle, possibly on several threads at once.
  public init(
    capacity: Int,
    make: @escaping @Sendable () throws(ContentEncoderError) -> sending any ContentEncoder
  ) {
    self.capacity = max(0, capacity)
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
      return state.idle.takeFreest()
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

  /// Makes an encoder as new that was idle, or a new one, for who has been counted already.
  private func ready(_ idle: IdleEncoder?) throws(ContentEncoderError) -> UniqueEncoder {
    if let idle {
      // What the owner of a parked encoder needs was taken from it.
      guard idle.isTaken else { return idle.encoder }
      if idle.encoder.reset() { return idle.encoder }
    }
    do {
      return UniqueEncoder(try make())
    } catch {
      state.withLock { $0.liveCount -= 1 }
      throw error
    }
  }
}

// Streams that wait.
extension ContentEncoderPool {
  /// Keeps an encoder for a member that may go on, until somebody else needs it.
  ///
  /// - Returns: Whether it was taken; nobody has room for one that can't leave its member.
  func park(_ encoder: UniqueEncoder, at place: ParkingPlace) -> Bool {
    let (isParked, evicted) = state.withLock { state -> (Bool, IdleEncoder?) in
      var evicted: IdleEncoder?
      if state.idle.count >= capacity {
        // Whoever has waited longest waits on without an encoder.
        evicted = state.idle.takeFreest()
        guard evicted != nil else { return (false, nil) }
      }
      state.idle.append(IdleEncoder(encoder, parkedAt: place))
      state.liveCount -= 1
      return (true, evicted)
    }
    // It is freed here, without the lock.
    _ = consume evicted
    return isParked
  }

  /// Goes on with a member that was parked, by its own encoder or by another.
  func unpark(_ place: ParkingPlace) throws(ContentEncoderError) -> UniqueEncoder {
    let (idle, member) = state.withLock { state -> (IdleEncoder?, SuspendedMember?) in
      state.liveCount += 1
      if let index = state.idle.lastIndex(where: { $0.place === place }) {
        return (state.idle.remove(at: index), nil)
      }
      defer { place.member = nil }
      return (state.idle.takeFreest(), place.member)
    }
    guard let member else { return try ready(idle) }
    let encoder = try ready(idle)
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
    let idle = state.withLock { state -> IdleEncoder? in
      guard let index = state.idle.lastIndex(where: { $0.place === place }) else { return nil }
      state.liveCount += 1
      return state.idle.remove(at: index)
    }
    if let idle { takeBack(idle.encoder) }
  }
}
