#if Zstd
  import HTTPContentCoding

  /// The content coding `zstd`: one frame a body (RFC 8878).
  final class ZstdEncoder: ContentEncoder {
    let coding = ContentCoding.zstd

    private var stream: ZstdStream
    private var progress = MemberProgress.new
    /// The length of the body in bytes, where it was told.
    private var byteCount: Int?

    init(_ configuration: ZstdConfiguration) throws(ContentEncoderError) {
      stream = try ZstdStream(configuration)
    }

    /// How much memory the encoder holds, in bytes.
    var memoryByteCount: Int { stream.memoryByteCount }

    func begin(_ body: BodyDescription) throws(ContentEncoderError) {
      byteCount = body.byteCount
    }

    func encode(
      _ input: Span<UInt8>,
      flush: EncoderFlush,
      into output: inout ContiguousArray<UInt8>
    ) throws(ContentEncoderError) {
      guard try progress.needsCall(isEmpty: input.isEmpty, flush, coding) else { return }
      let startCount = output.count
      do throws(ContentEncoderError) {
        if progress == .new {
          try stream.begin(byteCount: flush == .finish ? input.count : byteCount)
        }
        try stream.compress(input, flush: flush, into: &output)
        progress.advance(flush)
      } catch {
        output.removeLast(output.count - startCount)
        progress = .failed
        throw error
      }
    }

    func reset() throws(ContentEncoderError) {
      try stream.reset()
      byteCount = nil
      progress = .new
    }
  }
#endif
