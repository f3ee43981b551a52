/// Decides from the encoders' recent work whether new bodies should use cheaper ones.
///
/// It has no clock: callers pass the time.
struct EncoderLoadMeter: Sendable {
  /// The work done at one of the two costs.
  private struct Work {
    var time = Duration.zero
    var byteCount = 0

    /// The cost of a byte, in seconds; nil if there were only flushes.
    var cost: Double? { byteCount > 0 ? time / .seconds(1) / Double(byteCount) : nil }
  }

  /// The average number of encoders that may be at work before the cost is lowered.
  let limit: Double
  /// The period over which the average is measured.
  let window: Duration

  /// The average number of encoders at work in the last completed window.
  private(set) var average = 0.0
  /// Whether new bodies use cheaper encoders.
  private(set) var isHigh = false
  /// The number of bodies that have used cheaper encoders.
  var loweredCount = 0

  private var begin: ContinuousClock.Instant
  private var normal = Work()
  private var lowered = Work()
  /// The last measured cost of a byte at either level, in seconds.
  private var (normalCost, loweredCost) = (0.0, 0.0)

  /// The load at the normal cost must fall below this share of the limit before that cost is used
  /// again.
  private static let margin = 0.8

  init(limit: Double, window: Duration, at now: ContinuousClock.Instant) {
    self.limit = limit
    self.window = window
    begin = now
  }

  /// Adds a completed call to an encoder.
  mutating func add(
    _ time: Duration, byteCount: Int, isLowered: Bool, at now: ContinuousClock.Instant
  ) {
    if isLowered {
      lowered.time += time
      lowered.byteCount += byteCount
    } else {
      normal.time += time
      normal.byteCount += byteCount
    }
    update(at: now)
  }

  /// Ends a window that is over, and decides for the next one.
  mutating func update(at now: ContinuousClock.Instant) {
    let elapsed = now - begin
    guard elapsed >= window else { return }
    let seconds = elapsed / .seconds(1)
    if let cost = normal.cost { normalCost = cost }
    if let cost = lowered.cost { loweredCost = cost }
    average = (normal.time + lowered.time) / .seconds(1) / seconds
    // The load of the same work at the normal cost.
    let ratio = loweredCost > 0 ? normalCost / loweredCost : 1
    let normalAverage = (normal.time + lowered.time * ratio) / .seconds(1) / seconds
    isHigh = normalAverage > limit * (isHigh ? Self.margin : 1)
    (normal, lowered, begin) = (Work(), Work(), now)
  }
}
