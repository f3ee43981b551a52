#if Brotli
  import COutputBufferingBrotliDecoder

  /// A streaming decoder of brotli that uses libbrotlidec.
  ///
  /// It rejects bytes after the end; brotli has no checksum.
  @safe
  public final class BrotliDecoder: StreamingDecoder {
    /// Why a member can't be decoded.
    public struct Failure: Error, CustomStringConvertible {
      /// What is wrong.
      public var description: String
    }

    private let state: OpaquePointer?

    /// Whether the member has ended.
    public private(set) var isAtEnd = false

    /// Creates a decoder of one member.
    public init() {
      unsafe state = BrotliDecoderCreateInstance(nil, nil, nil)
    }

    deinit { unsafe BrotliDecoderDestroyInstance(state) }

    /// Decodes more of the member.
    ///
    /// - Parameter bytes: The next bytes from the wire; may be empty.
    /// - Returns: All bytes that the input so far determines and that weren't returned before.
    /// - Throws: ``Failure`` if the member is malformed or has bytes after its end.
    public func decode(_ bytes: ContiguousArray<UInt8>) throws -> ContiguousArray<UInt8> {
      var decoded: ContiguousArray<UInt8> = []
      if bytes.isEmpty { return decoded }
      guard !isAtEnd else { throw Failure(description: "unexpected bytes after the end") }
      try unsafe bytes.withUnsafeBufferPointer { bytes in
        var next = bytes.baseAddress
        var count = bytes.count
        var result = BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT
        // More input may be requested while output that didn't fit is still pending.
        repeat {
          decoded.append(addingCapacity: 64 * 1024) { span in
            unsafe span.withUnsafeMutableBufferPointer { buffer, initializedCount in
              var nextOut = buffer.baseAddress
              var room = buffer.count
              result = unsafe BrotliDecoderDecompressStream(
                state, &count, &next, &room, &nextOut, nil)
              initializedCount = buffer.count - room
            }
          }
        } while unsafe result == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT
          || BrotliDecoderHasMoreOutput(state) != 0
        switch result {
        case BROTLI_DECODER_RESULT_SUCCESS: isAtEnd = true
        case BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT: break
        default:
          let code = unsafe BrotliDecoderGetErrorCode(state)
          throw Failure(description: unsafe String(cString: BrotliDecoderErrorString(code)))
        }
        if count > 0 { throw Failure(description: "unexpected bytes after the end") }
      }
      return decoded
    }
  }
#endif
