/// A content coding over a library whose state can't be suspended.
package final class LibraryEncoder<Stream: LibraryStream & ~Copyable>: ContentEncoder {
  package let coding = Stream.coding

  private var stream: Stream
  private var progress = MemberProgress.new
  /// What is known about the body.
  private var body = BodyDescription()

  package init(_ configuration: Stream.Configuration) throws(ContentEncoderError) {
    stream = try Stream(configuration)
  }

  /// The memory that the encoder holds, in bytes.
  package var memoryByteCount: Int { stream.memoryByteCount }

  package func begin(_ body: BodyDescription) throws(ContentEncoderError) {
    self.body = body
  }

  package func encode(
    _ input: Span<UInt8>,
    flush: EncoderFlush,
    into output: inout ContiguousArray<UInt8>
  ) throws(ContentEncoderError) {
    guard try progress.needsCall(isEmpty: input.isEmpty, flush, coding) else { return }
    let startCount = output.count
    do throws(ContentEncoderError) {
      if progress == .new {
        if flush == .finish { body.byteCount = input.count }
        try stream.begin(body)
      }
      let isWhole = progress == .new && flush == .finish
      let isCoded = isWhole ? try stream.encodeWhole(input, into: &output) : false
      if !isCoded { try append(input, flush, to: &output) }
      if flush == .finish, let padding = body.paddingByteCount {
        Stream.appendPadding(padding, to: &output)
      }
      progress.advance(flush)
    } catch {
      output.removeLast(output.count - startCount)
      progress = .failed
      throw error
    }
  }

  private func append(
    _ input: Span<UInt8>, _ flush: EncoderFlush, to output: inout ContiguousArray<UInt8>
  ) throws(ContentEncoderError) {
    var position = 0
    var isDone = false
    while !isDone {
      let rest = input.extracting(droppingFirst: position)
      try output.fillSpareCapacity { spare throws(ContentEncoderError) in
        let result = try stream.encode(rest, flush: flush, into: &spare)
        position += result.consumedByteCount
        isDone = result.isDone
      }
    }
  }

  package func reset() throws(ContentEncoderError) {
    try stream.reset()
    body = BodyDescription()
    progress = .new
  }
}
