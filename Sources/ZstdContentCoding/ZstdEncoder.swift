#if Zstd
  import HTTPContentCoding

  /// The content coding `zstd`: one frame for each body (RFC 8878), plus a skippable frame for
  /// padding.
  final class ZstdEncoder: ContentEncoder {
    let coding = ContentCoding.zstd

    private var stream: ZstdStream
    private var progress = MemberProgress.new
    /// What is known about the body.
    private var body = BodyDescription()

    init(_ configuration: ZstdConfiguration) throws(ContentEncoderError) {
      stream = try ZstdStream(configuration)
    }

    /// The memory that the encoder holds, in bytes.
    var memoryByteCount: Int { stream.memoryByteCount }

    func begin(_ body: BodyDescription) throws(ContentEncoderError) {
      self.body = body
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
          try stream.begin(byteCount: flush == .finish ? input.count : body.byteCount)
        }
        try stream.compress(input, flush: flush, into: &output)
        if flush == .finish, let padding = body.paddingByteCount {
          Self.appendSkippableFrame(padding, to: &output)
        }
        progress.advance(flush)
      } catch {
        output.removeLast(output.count - startCount)
        progress = .failed
        throw error
      }
    }

    func reset() throws(ContentEncoderError) {
      try stream.reset()
      body = BodyDescription()
      progress = .new
    }

    /// Appends a frame that decodes to nothing, eight bytes longer than its content (RFC 8878
    /// §3.1.2).
    ///
    /// It comes last, because some decoders stop after the first frame.
    private static func appendSkippableFrame(
      _ byteCount: Int, to output: inout ContiguousArray<UInt8>
    ) {
      let size = UInt32(clamping: byteCount)
      for field in [0x184D_2A50, size] {
        for shift in [0, 8, 16, 24] as [UInt32] {
          output.append(UInt8(truncatingIfNeeded: field >> shift))
        }
      }
      output.append(contentsOf: repeatElement(0, count: Int(size)))
    }
  }
#endif
