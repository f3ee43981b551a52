import HTTPContentCoding

/// Where in a member an encoder is.
private enum MemberState {
  /// Nothing has been encoded, and nothing written.
  case new
  /// Bytes have been encoded that a decoder may not have.
  case pending
  /// A decoder has every byte that has been encoded.
  case synchronized
  /// The member has ended.
  case finished
  /// An error has broken the member off.
  case failed
}

/// What stays of a member whose encoder is used for another; one of any engine can go on with it.
private struct Suspension: Sendable {
  /// How much plain text a member keeps while it is suspended, for what comes next to refer to.
  ///
  /// The more, the smaller that is: this much costs an event stream about 12 % against an encoder of its
  /// own, which holds up to 260 KiB.
  static let historyByteCount = 2048

  var state: MemberState
  var container: DeflateContainer
  var history: ContiguousArray<UInt8>
}

/// The content codings `gzip` and `deflate`: raw DEFLATE data of an engine in a container.
final class DeflateEncoder<Stream: DeflateEngineStream & ~Copyable>: ContentEncoder {
  let coding: ContentCoding

  private let format: DeflateFormat
  private let level: CompressionLevel
  private var stream: Stream
  private var container: DeflateContainer
  private var state = MemberState.new

  /// Makes an encoder.
  ///
  /// - Parameters:
  ///   - format: What stands around the data.
  ///   - level: The level that was asked for, which the header tells.
  ///   - stream: The engine, as new, at a level of its own.
  init(_ format: DeflateFormat, level: CompressionLevel, stream: consuming Stream) {
    self.coding = format.coding
    self.format = format
    self.level = level
    self.stream = stream
    self.container = DeflateContainer(format)
  }

  var wholeBodyLimit: Int { stream.wholeBodyLimit }

  func begin(_ body: BodyDescription) throws(ContentEncoderError) {
    if format == .gzip { container.paddingByteCount = body.paddingByteCount ?? 0 }
  }

  func encode(
    _ input: Span<UInt8>,
    flush: EncoderFlush,
    into output: inout ContiguousArray<UInt8>
  ) throws(ContentEncoderError) {
    let startCount = output.count
    var isWhole = false
    switch state {
    case .new where input.isEmpty && flush != .finish:
      return
    case .new:
      isWhole = flush == .finish && input.count <= stream.wholeBodyLimit
      // Once for all: header, data and trailer.
      if isWhole {
        output.reserveCapacity(
          startCount + StoredBlocks.byteCount(of: input.count) + DeflateContainer.byteCount
            + container.paddingByteCount)
      }
      container.appendHeader(level: level, to: &output)
    case .synchronized where input.isEmpty && flush != .finish:
      // A second empty block in a row is what corrupted PHP's streams.
      return
    case .pending, .synchronized:
      break
    case .finished:
      throw ContentEncoderError(
        code: .invalidState, message: "encode(_:flush:into:) after the end of a \(coding) member")
    case .failed:
      throw ContentEncoderError(
        code: .invalidState, message: "encode(_:flush:into:) after an error in a \(coding) member")
    }
    do {
      container.update(with: input)
      if isWhole {
        try stream.compressWhole(input, into: &output)
      } else {
        try stream.compress(input, flush: flush, into: &output)
      }
    } catch {
      output.removeLast(output.count - startCount)
      state = .failed
      throw error
    }
    switch flush {
    case .none:
      state = .pending
    case .sync:
      state = .synchronized
    case .finish:
      container.appendTrailer(to: &output)
      state = .finished
    }
  }

  func reset() throws(ContentEncoderError) {
    try stream.reset()
    container = DeflateContainer(format)
    state = .new
  }

  var canSuspend: Bool { true }

  func suspend() -> SuspendedMember? {
    switch state {
    case .new:
      SuspendedMember(state: Suspension(state: .new, container: container, history: []))
    case .synchronized:
      SuspendedMember(
        state: Suspension(
          state: .synchronized, container: container,
          history: stream.history(byteCount: Suspension.historyByteCount)))
    case .pending, .finished, .failed:
      nil
    }
  }

  func resume(_ member: SuspendedMember) throws(ContentEncoderError) {
    guard let suspension = member.state as? Suspension, state == .new else {
      throw ContentEncoderError(
        code: .invalidState, message: "resume(_:) of a \(coding) encoder that isn't as new")
    }
    state = .failed
    try stream.setHistory(suspension.history)
    container = suspension.container
    state = suspension.state
  }
}

extension DeflateEncoder where Stream == DeflateStream {
  /// Makes an encoder over zlib.
  convenience init(
    _ format: DeflateFormat, level: CompressionLevel
  ) throws(ContentEncoderError) {
    self.init(format, level: level, stream: try DeflateStream(level: level))
  }
}
