#if NIO
  import GzipContentCoding
  import HTTPContentCoding
  import NIOCore
  import Synchronization

  /// The event loop's work, in order: coded bytes, and other tasks.
  final class TurnLog: Sendable {
    enum Entry: Sendable {
      case coded(Int)
      case other
    }

    private let entries = Mutex<[Entry]>([])

    func add(_ entry: Entry) { entries.withLock { $0.append(entry) } }

    /// The number of bytes coded between two other tasks.
    var turns: [Int] {
      entries.withLock { entries in
        var turns = [0]
        for entry in entries {
          switch entry {
          case .coded(let byteCount): turns[turns.count - 1] += byteCount
          case .other: turns.append(0)
          }
        }
        return turns.filter { $0 > 0 }
      }
    }
  }

  /// A gzip encoder that takes a millisecond for a number of bytes and records its calls.
  final class SlowEncoder: ContentEncoder {
    private static let pool = ContentEncoderPool.gzip(level: 1)

    let coding = ContentCoding.gzip
    private let log: TurnLog
    private let bytesPerMillisecond: Int
    let wholeBodyLimit: Int
    private var lease: ContentEncoderLease

    init(
      _ log: TurnLog, bytesPerMillisecond: Int, wholeBodyLimit: Int
    ) throws(ContentEncoderError) {
      self.log = log
      self.wholeBodyLimit = wholeBodyLimit
      self.bytesPerMillisecond = bytesPerMillisecond
      lease = try Self.pool.lease()
    }

    func encode(
      _ input: Span<UInt8>, flush: EncoderFlush, into output: inout ContiguousArray<UInt8>
    ) throws(ContentEncoderError) {
      log.add(.coded(input.count))
      let end = ContinuousClock.now + .microseconds(input.count * 1000 / bytesPerMillisecond)
      try lease.encode(input, flush: flush, into: &output)
      while ContinuousClock.now < end {}
    }

    func reset() throws(ContentEncoderError) {
      lease = try Self.pool.lease()
    }

    static func offer(
      _ log: TurnLog, bytesPerMillisecond: Int, wholeBodyLimit: Int = 0
    ) -> ContentCodingOffer {
      ContentCodingOffer(
        coding: .gzip,
        pool: ContentEncoderPool(capacity: 0) {
          () throws(ContentEncoderError) -> sending any ContentEncoder in
          try SlowEncoder(
            log, bytesPerMillisecond: bytesPerMillisecond, wholeBodyLimit: wholeBodyLimit)
        })
    }
  }
#endif
