import Synchronization

/// How many encoders are at work at a time, and whether that is too many: then bodies that begin take cheaper ones.
///
/// An overloaded server that codes at a lower level sends somewhat larger bodies to everybody, in place of small
/// ones to some and none to the others. It is off unless an offer is given one of these:
///
/// ```swift
/// let load = EncoderLoad(processorCount: 4)
/// let codings = [ContentCodingOffer.gzip(level: 6).lowered(to: .gzip(level: 1), under: load)]
/// ```
///
/// Measured is the time that calls to the encoders take, of all offers that share it: where they keep more
/// processors busy than they may, over a tenth of a second, the cost is lowered for bodies that begin, and it is
/// raised again when the same bodies would keep fewer busy at the normal cost. A body that has begun goes on as it
/// is. It is meant as HAProxy's `maxcompcpuusage` is.
public final class EncoderLoad: Sendable {
  private let meter: Mutex<EncoderLoadMeter>
  private let now: @Sendable () -> ContinuousClock.Instant

  /// Makes one, for all offers of a process.
  ///
  /// - Parameters:
  ///   - processorCount: How many processors serve: the number of event loops where those are fewer.
  ///   - maximumShare: How much of them encoders may keep busy at the normal cost, 0 to 1. Beside them there is
  ///     everything else that a response takes: a server that is full with pages of 10 KiB at level 6 spends
  ///     three quarters of its time in encoders.
  public convenience init(processorCount: Int, maximumShare: Double = 0.5) {
    self.init(limit: Double(processorCount) * maximumShare) { .now }
  }

  init(
    limit: Double, window: Duration = .milliseconds(100),
    now: @escaping @Sendable () -> ContinuousClock.Instant
  ) {
    meter = Mutex(EncoderLoadMeter(limit: limit, window: window, at: now()))
    self.now = now
  }

  /// Whether bodies that begin take cheaper encoders, as last decided.
  public var isHigh: Bool { meter.withLock(\.isHigh) }

  /// How many encoders were at work at a time, on average over the last tenth of a second that was measured.
  public var average: Double { meter.withLock(\.average) }

  /// How many bodies have taken cheaper encoders so far.
  public var loweredCount: Int { meter.withLock(\.loweredCount) }

  /// How many encoders may be at work at a time.
  var limit: Double { meter.withLock(\.limit) }

  /// Decides about a body that begins.
  ///
  /// - Returns: Whether it takes a cheaper encoder.
  func lowersNext() -> Bool {
    let now = now()
    return meter.withLock { meter in
      meter.update(at: now)
      if meter.isHigh { meter.loweredCount += 1 }
      return meter.isHigh
    }
  }

  /// The time at which a call to an encoder begins.
  var start: ContinuousClock.Instant { now() }

  /// Counts a call to an encoder that has ended.
  func add(since start: ContinuousClock.Instant, byteCount: Int, isLowered: Bool) {
    let end = now()
    meter.withLock {
      $0.add(end - start, byteCount: byteCount, isLowered: isLowered, at: end)
    }
  }
}
