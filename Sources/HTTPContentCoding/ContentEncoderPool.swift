import Synchronization

/// Keeps encoders that are not in use, because making one costs more than using it.
///
/// Any number of encoders can be handed out at a time: who asks for one gets one, and how many
/// responses there are is not decided here. What is bounded is the memory that idle encoders
/// hold.
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
    var idle: [UniqueEncoder] = []
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

  /// How many encoders are handed out.
  public var liveCount: Int { state.withLock { $0.liveCount } }

  /// How many encoders are waiting to be handed out.
  public var idleCount: Int { state.withLock { $0.idle.count } }

  /// Hands out an encoder that is as new.
  ///
  /// - Returns: A lease that gives the encoder back when it goes out of scope.
  /// - Throws: What making an encoder throws, such as
  ///   ``ContentEncoderError/Code-swift.struct/outOfMemory``.
  public func lease() throws(ContentEncoderError) -> ContentEncoderLease {
    // The last one that came back is the one most likely to be in the processor's cache.
    let idle = state.withLock { state in
      state.liveCount += 1
      return state.idle.popLast()
    }
    if let idle { return ContentEncoderLease(idle, from: self) }
    do {
      return ContentEncoderLease(UniqueEncoder(try make()), from: self)
    } catch {
      state.withLock { $0.liveCount -= 1 }
      throw error
    }
  }

  /// Takes an encoder back: reset if it can be and if there is room, freed otherwise.
  func takeBack(_ encoder: UniqueEncoder) {
    // Resetting and freeing are the encoder's own code, which never runs with the lock held.
    let isReset = encoder.reset()
    state.withLock { state in
      state.liveCount -= 1
      if isReset, state.idle.count < capacity { state.idle.append(encoder) }
    }
  }
}
