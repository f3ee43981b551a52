import Synchronization

/// Keeps unused encoders, because making one costs more than using it.
///
/// Any number of encoders can be on loan at a time; the pool doesn't limit the number of responses.
/// It limits the memory held by idle encoders, including those that streams have parked until their
/// next event.
///
/// ```swift
/// var lease = try pool.lease()
/// try lease.encode(body.span, flush: .finish, into: &output)
/// // The encoder is back in the pool, reset, when the lease goes out of scope.
/// ```
public final class ContentEncoderPool: Sendable {
  /// The maximum number of idle encoders; any more are freed when they are returned.
  public let capacity: Int

  /// Whether its encoders support suspension (``ContentEncoder/canSuspend``), so that a waiting
  /// stream holds no encoder.
  public let canSuspend: Bool

  /// Whether its encoders support padding (``BodyDescription/paddingByteCount``).
  public let canPad: Bool

  private let make: @Sendable () throws(ContentEncoderError) -> sending any ContentEncoder
  private let state = Mutex(State())

  fileprivate struct State {
    var liveCount = 0
    /// Ordered by idle time, longest first.
    var idle: [IdleEncoder] = []
  }

  /// Creates an empty pool.
  ///
  /// - Parameters:
  ///   - capacity: The maximum number of idle encoders. A negative number means none.
  ///   - canSuspend: Whether all of the encoders support suspension.
  ///   - canPad: Whether all of the encoders support padding.
  ///   - make: Makes an encoder that nothing else refers to. It runs when a lease is requested and
  ///     no encoder is idle, possibly on several threads at once.
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

  /// The number of encoders on loan, not counting parked ones.
  public var liveCount: Int { state.withLock { $0.liveCount } }

  /// The number of idle encoders, including parked ones.
  public var idleCount: Int { state.withLock { $0.idle.count } }

  /// Leases an encoder in its initial state.
  ///
  /// - Returns: A lease that returns the encoder to the pool at the end of its lifetime.
  /// - Throws: Any error from making an encoder, such as
  ///   ``ContentEncoderError/Code-swift.struct/outOfMemory``.
  public func lease() throws(ContentEncoderError) -> ContentEncoderLease {
    let idle = state.withLock { state in
      state.liveCount += 1
      return state.takeFreest()
    }
    return ContentEncoderLease(try ready(idle), from: self)
  }

  /// Takes back an encoder: keeps it if it can be reset and there is room, and frees it otherwise.
  func takeBack(_ encoder: UniqueEncoder) {
    // Resetting and freeing run the encoder's own code, so they must not run with the lock held.
    let isReset = encoder.reset()
    state.withLock { state in
      state.liveCount -= 1
      if isReset, state.idle.count < capacity { state.idle.append(IdleEncoder(encoder)) }
    }
  }

  // Returns an encoder in its initial state. The caller is already counted in `liveCount`, and has
  // suspended the member of an idle encoder, if there was one.
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
  /// Takes an encoder in its initial state, or else that of the stream that has waited longest.
  fileprivate mutating func takeFreest() -> IdleEncoder? {
    // The most recently returned encoder is the most likely to be in the processor's cache.
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

// Waiting streams
extension ContentEncoderPool {
  /// Keeps an encoder for a member that may continue, until another body needs it.
  ///
  /// - Returns: Whether the pool took the encoder. It takes none that can't suspend its member.
  func park(_ encoder: UniqueEncoder, at place: ParkingPlace) -> Bool {
    guard encoder.canSuspend else { return false }
    let (isParked, evicted) = state.withLock { state -> (Bool, IdleEncoder?) in
      var parked = IdleEncoder(encoder, parkedAt: place)
      guard state.idle.count >= capacity else {
        state.idle.append(parked)
        state.liveCount -= 1
        return (true, nil)
      }
      // Evict the stream that has waited longest; with a capacity of 0 that is this one.
      if let freest = state.takeFreest() {
        state.idle.append(parked)
        parked = freest
      } else if !parked.leaveMember() {
        return (false, nil)
      }
      state.liveCount -= 1
      return (true, parked)
    }
    // The evicted encoder is freed here, without the lock.
    _ = consume evicted
    return isParked
  }

  /// Continues a parked member, with its own encoder or another one.
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
      // Nothing is lost: the next call may get an encoder.
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

  /// Releases a parked member that won't be continued.
  func abandon(_ place: ParkingPlace) {
    if let encoder = state.withLock({ $0.takeEncoder(parkedAt: place) }) { takeBack(encoder) }
  }
}
