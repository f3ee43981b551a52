#if NIO
  import NIOCore

  /// The amount of coding per turn of the event loop: a millisecond's worth for any engine.
  struct TurnBudget {
    /// The largest number of bytes coded by one call.
    ///
    /// Content may become a thousand times harder to code from one byte to the next: at level 9
    /// zlib takes 0.2 ms for 64 KiB of a page, and 400 ms for the same amount of random text with
    /// two letters.
    private static let largestSlice = 16 * 1024
    /// The smallest number: each call has a cost of its own, and zlib keeps the last 262 bytes for
    /// the next one.
    private static let smallestSlice = 512
    /// The number of bytes coded before the engine's speed is known.
    private static let firstSlice = 1024

    /// The time in nanoseconds that a turn may take, and the time that it has taken.
    private let limit: Int64
    private var spent: Int64 = 0
    private var lastSlice = firstSlice
    /// The speed in bytes per millisecond, as last measured.
    private var speed: Double?

    init(limit: TimeAmount = .milliseconds(1)) {
      self.limit = limit.nanoseconds
    }

    /// Whether the remaining work has to wait for the next turn.
    var isSpent: Bool { spent >= limit }

    /// The number of bytes to code next.
    var sliceByteCount: Int {
      guard let speed else { return Self.firstSlice }
      let rest = Double(limit - spent) / 1_000_000
      let fitting = min(speed * max(rest, 0), Double(Self.largestSlice))
      return max(min(Int(fitting), 2 * lastSlice), Self.smallestSlice)
    }

    /// Counts coded bytes.
    ///
    /// - Parameters:
    ///   - byteCount: The number of coded bytes.
    ///   - time: How long coding them took.
    mutating func spend(_ byteCount: Int, in time: TimeAmount) {
      spent += time.nanoseconds
      // A few bytes don't tell the speed.
      guard byteCount >= Self.smallestSlice else { return }
      lastSlice = min(byteCount, Self.largestSlice)
      speed = Double(byteCount) / (Double(max(time.nanoseconds, 1)) / 1_000_000)
    }

    /// Starts a new turn.
    mutating func renew() {
      spent = 0
    }
  }
#endif
