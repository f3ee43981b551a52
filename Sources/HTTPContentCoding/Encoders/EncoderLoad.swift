import Synchronization

/// Measures the load of the encoders and switches new bodies to cheaper ones while it is high.
///
/// An overloaded server that codes at a lower level sends somewhat larger bodies to all clients,
/// instead of small bodies to some and none to others. This is off unless an offer is given a load:
///
/// ```swift
/// let load = EncoderLoad(processorCount: 4)
/// let codings = [ContentCodingOffer.gzip(level: 6).lowered(to: .gzip(level: 1), under: load)]
/// ```
///
/// It measures the time spent in calls to the encoders of all offers that share it. If they keep
/// more processors busy than allowed, over a tenth of a second, new bodies use the cheaper
/// encoders. New bodies return to the normal cost once the same work would fit within the limit at
/// that cost. A body that has begun keeps its encoder. The setting is modeled on HAProxy's
/// `maxcompcpuusage`.
public final class EncoderLoad: Sendable {
  private let meter: Mutex<EncoderLoadMeter>
  private let now: @Sendable () -> ContinuousClock.Instant

  /// Creates a load for all offers of a process.
  ///
  /// - Parameters:
  ///   - processorCount: The number of processors that serve requests: the number of event loops if
  ///     that is smaller.
  ///   - maximumShare: The share of the processors that encoders may keep busy at the normal cost,
  ///     0 to 1. The rest is for everything else that a response takes: a server saturated with
  ///     pages of 10 KiB at level 6 spends three quarters of its time in encoders.
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

  /// Whether new bodies use cheaper encoders, according to the latest decision.
  public var isHigh: Bool { meter.withLock(\.isHigh) }

  /// The average number of encoders at work over the last measured tenth of a second.
  public var average: Double { meter.withLock(\.average) }

  /// The number of bodies that have used cheaper encoders so far.
  public var loweredCount: Int { meter.withLock(\.loweredCount) }

  /// The maximum number of encoders at work at the normal cost.
  var limit: Double { meter.withLock(\.limit) }

  /// Decides about a new body.
  ///
  /// - Returns: Whether it uses a cheaper encoder.
  func lowersNext() -> Bool {
    let now = now()
    return meter.withLock { meter in
      meter.update(at: now)
      if meter.isHigh { meter.loweredCount += 1 }
      return meter.isHigh
    }
  }

  /// The start time of a call to an encoder.
  var start: ContinuousClock.Instant { now() }

  /// Adds a completed call to an encoder.
  func add(since start: ContinuousClock.Instant, byteCount: Int, isLowered: Bool) {
    let end = now()
    meter.withLock {
      $0.add(end - start, byteCount: byteCount, isLowered: isLowered, at: end)
    }
  }
}
