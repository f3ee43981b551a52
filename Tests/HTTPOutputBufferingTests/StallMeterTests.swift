import HTTPOutputBuffering
import Testing

/// When a client that reads nothing counts as gone.
@Suite struct StallMeterTests {
  private let start = ContinuousClock.now

  private func after(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

  @Test func `a client that takes nothing for the limit has stalled`() {
    var meter = StallMeter(limit: .seconds(60), now: start)
    #expect(meter.interval == .seconds(15))
    for seconds in [15.0, 30, 45, 59.9] {
      let isStalled = meter.isStalled(hasProgressed: false, now: after(seconds))
      #expect(!isStalled)
    }
    let isStalled = meter.isStalled(hasProgressed: false, now: after(60))
    #expect(isStalled)
  }

  @Test func `a client that takes something is never cut`() {
    var meter = StallMeter(limit: .seconds(60), now: start)
    for look in 1...1000 {
      let time = after(Double(look) * 15)
      let isStalled = meter.isStalled(hasProgressed: look.isMultiple(of: 3), now: time)
      #expect(!isStalled)
    }
  }

  @Test func `a limit of no time is looked at all the same now and then`() {
    var meter = StallMeter(limit: .zero, now: start)
    #expect(meter.interval == .milliseconds(10))
    let isStalled = meter.isStalled(hasProgressed: true, now: start)
    #expect(isStalled)
    #expect(StallMeter(limit: .seconds(Int64.max), now: start).interval > .seconds(1_000_000))
  }

  @Test func `progress is what is acknowledged, or less that is unsent`() {
    func reading(_ acknowledged: UInt64, _ unsent: Int) -> TransportProgress {
      TransportProgress(acknowledgedByteCount: acknowledged, unsentByteCount: unsent)
    }
    let before = reading(100, 5000)
    #expect(reading(101, 6000).hasProgressed(since: before))
    #expect(reading(100, 4999).hasProgressed(since: before))
    #expect(!reading(100, 5000).hasProgressed(since: before))
    #expect(!reading(100, 9000).hasProgressed(since: before), "more was written")
  }
}
