#if Brotli
  import COutputBufferingBrotliDecoder

  /// A streaming decoder of brotli over libbrotlidec.
  ///
  /// It is strict about bytes behind the end; brotli has no checksum.
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

    /// Makes a decoder of one member.
    public init() {
      unsafe state = BrotliDecoderCreateInstance(nil, nil, nil)
    }

    deinit { unsafe BrotliDecoderDestroyInstance(state) }

    /// Decodes more of the member.
    ///
    /// - Parameter bytes: What comes next on the wire; may be empty.
    /// - Returns: Every byte that is determined now and was not before.
    /// - Throws: ``Failure`` when the member is broken or there is something after its end.
    public func decode(_ bytes: ContiguousArray<UInt8>) throws -> ContiguousArray<UInt8> {
      var decoded: ContiguousArray<UInt8> = []
      if bytes.isEmpty { return decoded }
      guard !isAtEnd else { throw Failure(description: "something comes after the end") }
      try unsafe bytes.withUnsafeBufferPointer { bytes in
        var next = bytes.baseAddress
        var count = bytes.count
        var result = BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT
        // More input may be wanted while there is still output that had no room.
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
        if count > 0 { throw Failure(description: "something comes after the end") }
      }
      return decoded
    }
  }
#endif
