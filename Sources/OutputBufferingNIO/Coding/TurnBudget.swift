#if NIO
  import NIOCore

  /// How much may be coded before the event loop serves others: a millisecond's worth, whatever the engine.
  struct TurnBudget {
    /// The most bytes that are coded by one call.
    ///
    /// Content may become a thousand times as hard to code from one byte to the next: zlib takes 0.2 ms for
    /// 64 KiB of a page at level 9, and 400 ms for as much random text of two letters.
    private static let largestSlice = 16 * 1024
    /// The fewest: each call has a cost of its own, and zlib keeps the last 262 bytes for the next one.
    private static let smallestSlice = 512
    /// What is coded before the speed of the engine is known.
    private static let firstSlice = 1024

    private let limit: TimeAmount
    private var spent: TimeAmount = .nanoseconds(0)
    private var lastSlice = firstSlice
    /// Bytes a millisecond, as last measured.
    private var speed: Double?

    init(limit: TimeAmount = .milliseconds(1)) {
      self.limit = limit
    }

    /// Whether what is left has to wait for the next turn.
    var isSpent: Bool { spent >= limit }

    /// How many bytes to code next.
    var sliceByteCount: Int {
      guard let speed else { return Self.firstSlice }
      let rest = Double((limit - spent).nanoseconds) / 1_000_000
      let fitting = min(speed * max(rest, 0), Double(Self.largestSlice))
      return max(min(Int(fitting), 2 * lastSlice), Self.smallestSlice)
    }

    /// Counts what was coded.
    ///
    /// - Parameters:
    ///   - byteCount: How many bytes that were.
    ///   - start: When it began.
    mutating func spend(_ byteCount: Int, since start: NIODeadline) {
      let time = NIODeadline.now() - start
      spent = spent + time
      // A few bytes say nothing of the speed.
      guard byteCount >= Self.smallestSlice else { return }
      lastSlice = min(byteCount, Self.largestSlice)
      speed = Double(byteCount) / (Double(max(time.nanoseconds, 1)) / 1_000_000)
    }

    /// A new turn begins.
    mutating func renew() {
      spent = .nanoseconds(0)
    }
  }
#endif
