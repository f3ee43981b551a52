#if Zstd
  import COutputBufferingZstd

  /// A streaming decoder of zstd that uses libzstd.
  ///
  /// It is strict: it accepts one frame with content, whose window is at most 8 MiB (RFC 9659).
  /// Only skippable frames may precede and follow it (RFC 8878 §3.1.2).
  @safe
  public final class ZstdDecoder: StreamingDecoder {
    /// Why a member can't be decoded.
    public struct Failure: Error, CustomStringConvertible {
      /// What is wrong.
      public var description: String
    }

    private let context: OpaquePointer?
    /// The first bytes of the current frame, at most four.
    private var magic: [UInt8] = []
    private var hasContent = false

    /// Whether the member has ended.
    public var isAtEnd: Bool { hasContent && magic.isEmpty }

    /// Creates a decoder of one member.
    public init() {
      unsafe context = ZSTD_createDCtx()
      _ = unsafe ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, 23)
    }

    deinit { _ = unsafe ZSTD_freeDCtx(context) }

    /// Decodes more of the member.
    ///
    /// - Parameter bytes: The next bytes from the wire; may be empty.
    /// - Returns: All bytes that the input so far determines and that weren't returned before.
    /// - Throws: ``Failure`` if the member is malformed or has bytes after its end.
    public func decode(_ bytes: ContiguousArray<UInt8>) throws -> ContiguousArray<UInt8> {
      var decoded: ContiguousArray<UInt8> = []
      try unsafe bytes.withUnsafeBufferPointer { buffer in
        var source = unsafe ZSTD_inBuffer(src: buffer.baseAddress, size: buffer.count, pos: 0)
        var isFull = false
        while unsafe source.pos < source.size || isFull {
          magic += bytes.dropFirst(unsafe source.pos).prefix(4 - magic.count)
          if magic.count == 4, hasContent, !isSkippable {
            throw Failure(description: "unexpected bytes after the frame")
          }
          var result = 0
          decoded.append(addingCapacity: 64 * 1024) { span in
            unsafe span.withUnsafeMutableBufferPointer { buffer, initializedCount in
              var target = unsafe ZSTD_outBuffer(
                dst: buffer.baseAddress, size: buffer.count, pos: 0)
              result = unsafe ZSTD_decompressStream(context, &target, &source)
              initializedCount = unsafe target.pos
              isFull = unsafe target.pos == target.size
            }
          }
          guard ZSTD_isError(result) == 0 else {
            throw Failure(description: unsafe String(cString: ZSTD_getErrorName(result)))
          }
          if result == 0 {
            if !isSkippable { hasContent = true }
            magic = []
            isFull = false
          }
        }
      }
      return decoded
    }

    /// Whether the frame is skippable: its number is 0x184D2A50 to 0x184D2A5F, least significant
    /// byte first.
    private var isSkippable: Bool {
      magic.count == 4 && magic[0] & 0xF0 == 0x50 && magic[1...] == [0x2A, 0x4D, 0x18]
    }
  }
#endif
