import HTTPContentCoding

/// The content codings `gzip` and `deflate`: raw DEFLATE data in a container.
final class DeflateEncoder: ContentEncoder {
  /// Where in a member the encoder is.
  fileprivate enum State {
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

  /// How much plain text a member keeps while it is suspended, for what comes next to refer to.
  ///
  /// The more, the smaller that is: this much costs an event stream about 12 % against an encoder of its
  /// own, which holds 260 KiB.
  private static let historyByteCount = 2048

  /// What stays of a member whose encoder is used for another.
  private struct Suspension: Sendable {
    var state: State
    var container: DeflateContainer
    var history: ContiguousArray<UInt8>
  }

  let coding: ContentCoding

  private let format: DeflateFormat
  private let level: CompressionLevel
  private var stream: DeflateStream
  private var container: DeflateContainer
  private var state = State.new

  init(_ format: DeflateFormat, level: CompressionLevel) throws(ContentEncoderError) {
    self.coding = format.coding
    self.format = format
    self.level = level
    self.stream = try DeflateStream(level: level)
    self.container = DeflateContainer(format)
  }

  func encode(
    _ input: Span<UInt8>,
    flush: EncoderFlush,
    into output: inout ContiguousArray<UInt8>
  ) throws(ContentEncoderError) {
    let startCount = output.count
    switch state {
    case .new where input.isEmpty && flush != .finish:
      return
    case .new:
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
      try compress(input, flush, into: &output)
    } catch {
      output.removeLast(output.count - startCount)
      state = .failed
      throw error
    }
  }

  private func compress(
    _ input: Span<UInt8>,
    _ flush: EncoderFlush,
    into output: inout ContiguousArray<UInt8>
  ) throws(ContentEncoderError) {
    container.update(with: input)
    try stream.compress(input, flush: flush, into: &output)
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
          history: stream.history(byteCount: Self.historyByteCount)))
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
