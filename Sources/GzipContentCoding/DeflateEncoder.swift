import HTTPContentCoding

/// The state of a suspended member, from which an encoder with any engine can continue.
private struct Suspension: Sendable {
  /// How much plain text a suspended member keeps, for later data to refer to.
  ///
  /// More text makes the later data smaller. With this much, an event stream is about 12 % larger
  /// than with an encoder of its own, which holds up to 260 KiB.
  static let historyByteCount = 2048

  var progress: MemberProgress
  var container: DeflateContainer
  var history: ContiguousArray<UInt8>
}

/// The content codings `gzip` and `deflate`: an engine's raw DEFLATE data in a container.
final class DeflateEncoder<Stream: DeflateEngineStream & ~Copyable>: ContentEncoder {
  let coding: ContentCoding

  private let format: DeflateFormat
  private let level: CompressionLevel
  private var stream: Stream
  private var container: DeflateContainer
  private var progress = MemberProgress.new

  /// Creates an encoder.
  ///
  /// - Parameters:
  ///   - format: The format of the container.
  ///   - level: The requested level, which the header states.
  ///   - stream: The engine in its initial state, with its own level.
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
    guard try progress.needsCall(isEmpty: input.isEmpty, flush, coding) else { return }
    let startCount = output.count
    var isWhole = false
    if progress == .new {
      isWhole = flush == .finish && input.count <= stream.wholeBodyLimit
      // One allocation for header, data and trailer.
      if isWhole {
        output.reserveCapacity(
          startCount + StoredBlocks.byteCount(of: input.count) + DeflateContainer.byteCount
            + container.paddingByteCount)
      }
      container.appendHeader(level: level, to: &output)
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
      progress = .failed
      throw error
    }
    if flush == .finish { container.appendTrailer(to: &output) }
    progress.advance(flush)
  }

  func reset() throws(ContentEncoderError) {
    try stream.reset()
    container = DeflateContainer(format)
    progress = .new
  }

  var canSuspend: Bool { true }

  func suspend() -> SuspendedMember? {
    switch progress {
    case .new:
      SuspendedMember(state: Suspension(progress: .new, container: container, history: []))
    case .synchronized:
      SuspendedMember(
        state: Suspension(
          progress: .synchronized, container: container,
          history: stream.history(byteCount: Suspension.historyByteCount)))
    case .pending, .finished, .failed:
      nil
    }
  }

  func resume(_ member: SuspendedMember) throws(ContentEncoderError) {
    guard let suspension = member.state as? Suspension, progress == .new else {
      throw ContentEncoderError(
        code: .invalidState,
        message: "resume(_:) of a \(coding) encoder that isn't in its initial state")
    }
    progress = .failed
    try stream.setHistory(suspension.history)
    container = suspension.container
    progress = suspension.progress
  }
}

extension DeflateEncoder where Stream == DeflateStream {
  /// Creates an encoder that uses zlib.
  convenience init(
    _ format: DeflateFormat, level: CompressionLevel
  ) throws(ContentEncoderError) {
    self.init(format, level: level, stream: try DeflateStream(level: level))
  }
}
