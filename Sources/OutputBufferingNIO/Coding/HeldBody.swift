#if NIO
  import HTTPOutputBuffering
  import NIOCore

  /// The parts of a response as they were written, while the length of its body isn't known.
  struct HeldBody<Parts: HTTPServerParts> {
    /// Beyond so many parts each counts for what it costs apart from its bytes.
    private static var freePartCount: Int { 1024 }
    private static var partCost: Int { 128 }

    /// The promise of the head.
    var headPromise: EventLoopPromise<Void>?
    private(set) var parts: [(part: Parts.Response, promise: EventLoopPromise<Void>?)] = []
    /// The length of the body so far.
    private(set) var byteCount = 0
    private var memoryByteCount = 0

    mutating func append(_ part: Parts.Response, promise: EventLoopPromise<Void>?) {
      parts.append((part, promise))
      switch Parts.event(of: part) {
      case .bytes(let bytes):
        byteCount += bytes.readableBytes
        memoryByteCount += bytes.readableBytes
      case .file(let region): byteCount = byteCount.addingClamped(region.readableBytes)
      case .head, .end, .unreadableEnd: break
      }
    }

    /// Whether no more is to be held.
    func isFull(limit: Int) -> Bool {
      let costlyCount = max(0, parts.count - Self.freePartCount)
      return memoryByteCount > limit || memoryByteCount + costlyCount * Self.partCost > limit
    }

    /// All promises, in their order.
    var promises: [EventLoopPromise<Void>] {
      ([headPromise] + parts.map(\.promise)).compactMap(\.self)
    }
  }
#endif
