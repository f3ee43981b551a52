/// Decides from what encoders have done whether cheaper ones should take their place.
///
/// It has no clock: the time is told.
struct EncoderLoadMeter: Sendable {
  /// What was encoded at one of the two costs.
  private struct Work {
    var time = Duration.zero
    var byteCount = 0

    /// What a byte costs, in seconds; nil where only flushes were written.
    var cost: Double? { byteCount > 0 ? time / .seconds(1) / Double(byteCount) : nil }
  }

  /// How many encoders may be at work at a time, on average, before the cost is lowered.
  let limit: Double
  /// Over how long that is measured.
  let window: Duration

  /// How many encoders were at work at a time in the last window that is over, on average.
  private(set) var average = 0.0
  /// Whether bodies that begin now take cheaper encoders.
  private(set) var isHigh = false
  /// How many bodies have taken cheaper encoders.
  var loweredCount = 0

  private var begin: ContinuousClock.Instant
  private var normal = Work()
  private var lowered = Work()
  /// What a byte costs at either level, in seconds, as last measured.
  private var (normalCost, loweredCost) = (0.0, 0.0)

  /// The load falls so far below the limit, at the normal level, before that is taken up again.
  private static let margin = 0.8

  init(limit: Double, window: Duration, at now: ContinuousClock.Instant) {
    self.limit = limit
    self.window = window
    begin = now
  }

  /// Counts a call to an encoder that has ended.
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
    // What the same work would have kept busy at the normal cost.
    let ratio = loweredCost > 0 ? normalCost / loweredCost : 1
    let normalAverage = (normal.time + lowered.time * ratio) / .seconds(1) / seconds
    isHigh = normalAverage > limit * (isHigh ? Self.margin : 1)
    (normal, lowered, begin) = (Work(), Work(), now)
  }
}
