import HTTPContentCoding
import Synchronization

/// The calls of an encoder, in order.
final class EncoderLog: Sendable {
  enum Entry: Sendable, Equatable {
    case made(wholeBodyLimit: Int)
    case begin(BodyDescription)
    case encode(Int, EncoderFlush)
    case reset
  }

  private let log = Mutex<[Entry]>([])

  func add(_ entry: Entry) { log.withLock { $0.append(entry) } }

  var entries: [Entry] { log.withLock(\.self) }

  /// An offer whose encoders write to this log; the encoders for whole bodies have a limit.
  func offer(wholeBodyLimit: Int) -> ContentCodingOffer {
    ContentCodingOffer(
      coding: .gzip, pool: pool(wholeBodyLimit: 0),
      wholePool: pool(wholeBodyLimit: wholeBodyLimit))
  }

  func pool(wholeBodyLimit: Int, failsToBegin: Bool = false) -> ContentEncoderPool {
    ContentEncoderPool(capacity: 0) {
      () throws(ContentEncoderError) -> sending any ContentEncoder in
      RecordingEncoder(self, wholeBodyLimit: wholeBodyLimit, failsToBegin: failsToBegin)
    }
  }
}

/// An encoder named gzip that writes one byte at each flush and records its calls.
final class RecordingEncoder: ContentEncoder {
  let coding = ContentCoding.gzip
  let wholeBodyLimit: Int
  private let log: EncoderLog
  private let failsToBegin: Bool

  init(_ log: EncoderLog, wholeBodyLimit: Int, failsToBegin: Bool) {
    self.log = log
    self.wholeBodyLimit = wholeBodyLimit
    self.failsToBegin = failsToBegin
    log.add(.made(wholeBodyLimit: wholeBodyLimit))
  }

  func begin(_ body: BodyDescription) throws(ContentEncoderError) {
    log.add(.begin(body))
    if failsToBegin { throw ContentEncoderError(code: .outOfMemory, message: "begin") }
  }

  func encode(
    _ input: Span<UInt8>, flush: EncoderFlush, into output: inout ContiguousArray<UInt8>
  ) throws(ContentEncoderError) {
    log.add(.encode(input.count, flush))
    if flush != .none { output.append(0) }
  }

  func reset() throws(ContentEncoderError) { log.add(.reset) }
}
