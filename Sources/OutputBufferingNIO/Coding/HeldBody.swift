#if NIO
  import HTTPOutputBuffering
  import NIOCore

  /// The parts of a response, held as they were written while the body's length is unknown.
  struct HeldBody {
    /// The number of parts whose own memory isn't counted.
    private static let freePartCount = 1024
    /// The estimated memory of each further part, in bytes.
    private static let partCost = 128

    /// The promise of the head.
    var headPromise: EventLoopPromise<Void>?
    private(set) var parts: [(data: NIOAny, promise: EventLoopPromise<Void>?)] = []
    /// The length of the body so far, in bytes.
    private(set) var byteCount = 0
    private var memoryByteCount = 0

    mutating func append(
      _ data: NIOAny, byteCount count: Int, isInMemory: Bool, promise: EventLoopPromise<Void>?
    ) {
      parts.append((data, promise))
      byteCount = byteCount.addingClamped(count)
      if isInMemory { memoryByteCount += count }
    }

    /// Whether the body can hold no more parts.
    func isFull(limit: Int) -> Bool {
      let costlyCount = max(0, parts.count - Self.freePartCount)
      return memoryByteCount + costlyCount * Self.partCost > limit
    }

    /// All promises, in order.
    var promises: [EventLoopPromise<Void>] {
      ([headPromise] + parts.map(\.promise)).compactMap(\.self)
    }
  }
#endif
