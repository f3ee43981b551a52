import Synchronization
import Testing

@testable import HTTPContentCoding

/// Cheaper encoders under load, with a clock that the tests control.
@Suite struct EncoderLoadTests {
  private static let start = ContinuousClock.now

  private func meter(limit: Double = 1) -> EncoderLoadMeter {
    EncoderLoadMeter(limit: limit, window: .milliseconds(100), at: Self.start)
  }

  /// Runs some encoders for a window.
  private func work(
    _ meter: inout EncoderLoadMeter, window: Int, milliseconds: Int, byteCount: Int,
    isLowered: Bool = false
  ) {
    let end = Self.start + .milliseconds(100 * (window + 1))
    let half = (time: Duration.milliseconds(milliseconds) / 2, byteCount: byteCount / 2)
    meter.add(
      half.time, byteCount: half.byteCount, isLowered: isLowered, at: end - .milliseconds(50))
    meter.add(half.time, byteCount: half.byteCount, isLowered: isLowered, at: end)
  }

  @Test func `The cost is lowered when more encoders are at work than may be`() {
    var meter = meter(limit: 2)
    work(&meter, window: 0, milliseconds: 200, byteCount: 1000)
    #expect(!meter.isHigh && meter.average == 2)
    work(&meter, window: 1, milliseconds: 201, byteCount: 1000)
    #expect(meter.isHigh && meter.average > 2)
  }

  @Test func `It stays low while the same bytes would be too much at the normal cost`() {
    var meter = meter()
    work(&meter, window: 0, milliseconds: 150, byteCount: 1500)
    #expect(meter.isHigh)
    // The same bytes in a fifth of the time
    for window in 1..<5 {
      work(&meter, window: window, milliseconds: 30, byteCount: 1500, isLowered: true)
      #expect(meter.isHigh && meter.average == 0.3)
    }
    // Within the margin, and below it
    work(&meter, window: 5, milliseconds: 18, byteCount: 900, isLowered: true)
    #expect(meter.isHigh)
    work(&meter, window: 6, milliseconds: 14, byteCount: 700, isLowered: true)
    #expect(!meter.isHigh)
  }

  @Test func `What still runs at the normal cost counts as well`() {
    var meter = meter()
    work(&meter, window: 0, milliseconds: 150, byteCount: 1500)
    // Streams that began earlier, and new bodies
    meter.add(
      .milliseconds(60), byteCount: 600, isLowered: false, at: Self.start + .milliseconds(150))
    meter.add(
      .milliseconds(6), byteCount: 300, isLowered: true, at: Self.start + .milliseconds(200))
    #expect(meter.isHigh)
    meter.add(
      .milliseconds(40), byteCount: 400, isLowered: false, at: Self.start + .milliseconds(250))
    meter.add(
      .milliseconds(6), byteCount: 300, isLowered: true, at: Self.start + .milliseconds(300))
    #expect(!meter.isHigh)
  }

  @Test func `Nothing is decided before a window is over, and after a pause it is over`() {
    var meter = meter()
    meter.add(
      .milliseconds(99), byteCount: 10, isLowered: false, at: Self.start + .milliseconds(99))
    meter.update(at: Self.start + .milliseconds(99))
    #expect(!meter.isHigh && meter.average == 0)
    meter.add(
      .milliseconds(99), byteCount: 10, isLowered: false, at: Self.start + .milliseconds(100))
    #expect(meter.isHigh)
    // An hour without a response
    meter.update(at: Self.start + .seconds(3600))
    #expect(!meter.isHigh && meter.average == 0)
  }

  // MARK: - Offers

  private final class NamedEncoder: ContentEncoder {
    let coding: ContentCoding
    let wholeBodyLimit = 1000
    private let name: UInt8
    private let clock: FakeClock

    init(_ coding: ContentCoding, _ name: UInt8, _ clock: FakeClock) {
      self.coding = coding
      self.name = name
      self.clock = clock
    }

    func encode(
      _ input: Span<UInt8>, flush: EncoderFlush, into output: inout ContiguousArray<UInt8>
    ) throws(ContentEncoderError) {
      clock.advance(by: .microseconds(input.count * (name % 10 == 1 ? 10 : 1)))
      output.append(name)
    }

    func reset() throws(ContentEncoderError) {}
  }

  private final class FakeClock: Sendable {
    private let time = Mutex(EncoderLoadTests.start)

    var now: ContinuousClock.Instant { time.withLock(\.self) }

    func advance(by duration: Duration) { time.withLock { $0 += duration } }

    func offer(
      _ streams: UInt8, _ wholes: UInt8, of coding: ContentCoding = .gzip
    ) -> ContentCodingOffer {
      let pools = [streams, wholes].map { name in
        ContentEncoderPool(capacity: 1) {
          () throws(ContentEncoderError) -> sending any ContentEncoder in
          NamedEncoder(coding, name, self)
        }
      }
      return ContentCodingOffer(coding: coding, pool: pools[0], wholePool: pools[1])
    }
  }

  private static let page = ContiguousArray<UInt8>(repeating: 1, count: 500)

  private func encode(_ offer: ContentCodingOffer, isWhole: Bool) throws -> UInt8? {
    var lease =
      isWhole
      ? try offer.lease(forWhole: BodyDescription(byteCount: Self.page.count, kind: .text))
      : try offer.lease(for: BodyDescription())
    var output: ContiguousArray<UInt8> = []
    try lease.encode(Self.page.span, flush: .finish, into: &output)
    #expect(lease.isLowered == (output[0] > 30))
    return output.first
  }

  @Test func `Bodies that begin under load take the cheaper encoders of their kind`() throws {
    let clock = FakeClock()
    let load = EncoderLoad(limit: 0.5, now: { clock.now })
    let (usual, cheaper) = (clock.offer(11, 21), clock.offer(32, 42))
    let offer = usual.lowered(to: cheaper, under: load)
    #expect(offer.pools.count == 4 && usual.pools.count == 2)
    var names: [UInt8?] = []
    // 5 ms each, in sequence: there is always one encoder at work.
    for index in 0..<40 { names.append(try encode(offer, isWhole: index.isMultiple(of: 2))) }
    #expect(names.prefix(20).allSatisfy { $0 == 11 || $0 == 21 })
    #expect(names.suffix(20).allSatisfy { $0 == 32 || $0 == 42 })
    #expect(load.isHigh && load.loweredCount == 20)
    // One body in 50 ms is a negligible load.
    for _ in 0..<10 {
      clock.advance(by: .milliseconds(50))
      names.append(try encode(offer, isWhole: true))
    }
    #expect(names.last == 21 && !load.isHigh && load.average < 0.2)
    #expect(try encode(usual, isWhole: true) == 21)
  }

  @Test func `A body goes on by the encoder that it began with`() throws {
    let clock = FakeClock()
    let load = EncoderLoad(limit: 0.5, now: { clock.now })
    let offer = clock.offer(11, 21).lowered(to: clock.offer(32, 42), under: load)
    var lease = try offer.lease(for: BodyDescription())
    var output: ContiguousArray<UInt8> = []
    for _ in 0..<100 { try lease.encode(Self.page.span, flush: .none, into: &output) }
    #expect(load.isHigh)
    #expect(output.allSatisfy { $0 == 11 })
    #expect(try encode(offer, isWhole: false) == 32)
  }

  @Test func `An offer of another coding replaces none`() throws {
    let clock = FakeClock()
    let load = EncoderLoad(limit: 0, now: { clock.now })
    let offer = clock.offer(11, 21).lowered(to: clock.offer(32, 42, of: .deflate), under: load)
    for _ in 0..<50 { #expect(try encode(offer, isWhole: true) == 21) }
    #expect(load.loweredCount == 0 && !load.isHigh)
  }

  @Test func `The public limit is a share of the processors`() throws {
    let load = EncoderLoad(processorCount: 4)
    #expect(!load.isHigh && load.average == 0 && load.loweredCount == 0)
    #expect(EncoderLoad(processorCount: 4).limit == 2)
    #expect(EncoderLoad(processorCount: 4, maximumShare: 0.75).limit == 3)
  }
}
