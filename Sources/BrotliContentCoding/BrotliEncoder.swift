#if Brotli
  import HTTPContentCoding

  /// The content coding `br` (RFC 7932).
  final class BrotliEncoder: ContentEncoder {
    let coding = ContentCoding.brotli

    private let configuration: BrotliConfiguration
    private var stream = BrotliStream()
    private var progress = MemberProgress.new
    /// What is known about the body.
    private var body = BodyDescription()

    init(_ configuration: BrotliConfiguration) {
      self.configuration = configuration
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
          if flush == .finish { body.byteCount = input.count }
          try stream.begin(body, configuration)
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
      stream.end()
      body = BodyDescription()
      progress = .new
    }
  }
#endif
