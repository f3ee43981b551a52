#if Zstd
  import COutputBufferingZstd
  import HTTPContentCoding

  /// A zstd context that writes one frame for each body (RFC 8878), plus a skippable frame for
  /// padding.
  ///
  /// This file is the only one that calls zstd, and the only one with `unsafe` code. It is safe for
  /// these reasons:
  ///
  /// - The context is created here and freed in `deinit`, and only this noncopyable struct has the
  ///   pointer.
  /// - The buffers passed to zstd point into memory that is borrowed for one call, and zstd keeps
  ///   no pointer to them: a whole body is coded in one call, and a piece is copied into zstd's own
  ///   window (`ZSTD_bm_buffered`, the default).
  @safe
  struct ZstdStream: LibraryStream, ~Copyable {
    static let coding = ContentCoding.zstd

    private var context: OpaquePointer
    private let configuration: ZstdConfiguration
    /// Whether the context is configured for bodies of unknown length.
    private var isForStreams = false

    init(_ configuration: ZstdConfiguration) throws(ContentEncoderError) {
      self.configuration = configuration
      unsafe context = try Self.makeContext(configuration)
    }

    private static func makeContext(
      _ configuration: ZstdConfiguration
    ) throws(ContentEncoderError) -> OpaquePointer {
      guard let context = unsafe ZSTD_createCCtx() else {
        throw ContentEncoderError(code: .outOfMemory, message: "zstd has no memory for a context")
      }
      do throws(ContentEncoderError) {
        try unsafe set(
          ZSTD_c_compressionLevel, to: Int32(configuration.level.rawValue), of: context)
        try unsafe set(ZSTD_c_checksumFlag, to: configuration.hasChecksum ? 1 : 0, of: context)
        try unsafe set(
          ZSTD_c_windowLog, to: longestWindowBits(configuration.level.rawValue), of: context)
      } catch {
        _ = unsafe ZSTD_freeCCtx(context)
        throw error
      }
      return unsafe context
    }

    private static func set(
      _ parameter: ZSTD_cParameter, to value: Int32, of context: OpaquePointer
    ) throws(ContentEncoderError) {
      _ = try check(
        unsafe ZSTD_CCtx_setParameter(context, parameter, value), "ZSTD_CCtx_setParameter")
    }

    deinit { _ = unsafe ZSTD_freeCCtx(context) }

    /// The memory that the context holds, in bytes.
    var memoryByteCount: Int { unsafe ZSTD_sizeof_CCtx(context) }

    /// Begins a frame, which states the length of the body if it is known.
    ///
    /// - Parameter body: What is known about the body.
    /// - Throws: ``ContentEncoderError`` if zstd refuses a parameter.
    mutating func begin(_ body: BodyDescription) throws(ContentEncoderError) {
      try setUp(forStreams: body.byteCount == nil)
      guard let byteCount = body.byteCount else { return }
      _ = try Self.check(
        unsafe ZSTD_CCtx_setPledgedSrcSize(context, UInt64(byteCount)),
        "ZSTD_CCtx_setPledgedSrcSize")
    }

    /// Sets the sizes of window and tables; 0 means the level's default.
    ///
    /// zstd limits both by the length of the body, and the tables by the window. For a long body the
    /// defaults take 90 MB at level 19, so a window of 1 MiB limits them. For an unknown length zstd
    /// doesn't limit the tables: as many entries as the window has bytes are enough.
    private mutating func setUp(forStreams: Bool) throws(ContentEncoderError) {
      guard forStreams != isForStreams else { return }
      let level = configuration.level.rawValue
      let windowBits = forStreams ? Self.streamWindowBits : Self.longestWindowBits(level)
      let tableBits = forStreams && level > 3 ? Self.streamWindowBits : 0
      try unsafe Self.set(ZSTD_c_windowLog, to: windowBits, of: context)
      try unsafe Self.set(ZSTD_c_hashLog, to: tableBits, of: context)
      try unsafe Self.set(ZSTD_c_chainLog, to: tableBits, of: context)
      isForStreams = forStreams
    }

    /// The window for a body of unknown length: 128 KiB.
    private static let streamWindowBits: Int32 = 17

    /// The longest window for a known length: 1 MiB, or 0 for a level whose default isn't longer.
    private static func longestWindowBits(_ level: Int) -> Int32 { level < 3 ? 0 : 20 }

    /// Returns the context to its initial state, with the parameters it was created with.
    ///
    /// A context that has grown for a long body is recreated, so that an idle one holds no more
    /// than ``idleByteLimit``.
    ///
    /// - Throws: ``ContentEncoderError`` if there is no memory for a new context.
    mutating func reset() throws(ContentEncoderError) {
      guard memoryByteCount > Self.idleByteLimit else {
        _ = try Self.check(
          unsafe ZSTD_CCtx_reset(context, ZSTD_reset_session_only), "ZSTD_CCtx_reset")
        return
      }
      let fresh = try unsafe Self.makeContext(configuration)
      _ = unsafe ZSTD_freeCCtx(context)
      unsafe context = fresh
      isForStreams = false
    }

    /// The maximum memory that a context keeps between two frames, in bytes.
    static let idleByteLimit = 4 * 1024 * 1024

    mutating func encode(
      _ input: Span<UInt8>, flush: EncoderFlush, into output: inout OutputSpan<UInt8>
    ) throws(ContentEncoderError) -> (consumedByteCount: Int, isDone: Bool) {
      let directive =
        switch flush {
        case .none: ZSTD_e_continue
        case .sync: ZSTD_e_flush
        case .finish: ZSTD_e_end
        }
      var consumedByteCount = 0
      var result = 0
      unsafe output.withUnsafeMutableBufferPointer { output, initializedCount in
        unsafe input.withUnsafeBufferPointer { input in
          var source = unsafe ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
          var target = unsafe ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
          result = unsafe ZSTD_compressStream2(context, &target, &source, directive)
          initializedCount = unsafe target.pos
          consumedByteCount = unsafe source.pos
        }
      }
      let pendingByteCount = try Self.check(result, "ZSTD_compressStream2")
      // Without a flush, bytes in the window stay there.
      let isDone = flush == .none ? consumedByteCount == input.count : pendingByteCount == 0
      return (consumedByteCount, isDone)
    }

    /// The maximum size, in bytes, of a body that is coded where it is, into storage that holds the
    /// longest possible frame.
    private static let wholeBodyLimit = 1 << 20

    mutating func encodeWhole(
      _ input: Span<UInt8>, into output: inout ContiguousArray<UInt8>
    ) throws(ContentEncoderError) -> Bool {
      guard input.count <= Self.wholeBodyLimit else { return false }
      var result = 0
      output.append(addingCapacity: ZSTD_compressBound(input.count)) { span in
        unsafe span.withUnsafeMutableBufferPointer { output, initializedCount in
          result = unsafe input.withUnsafeBufferPointer { input in
            unsafe ZSTD_compress2(
              context, output.baseAddress, output.count, input.baseAddress, input.count)
          }
          initializedCount = ZSTD_isError(result) == 0 ? result : 0
        }
      }
      _ = try Self.check(result, "ZSTD_compress2")
      return true
    }

    static var canPad: Bool { true }

    /// Appends a frame that decodes to nothing, eight bytes longer than its content (RFC 8878
    /// §3.1.2).
    ///
    /// It comes last, because some decoders stop after the first frame.
    static func appendPadding(_ byteCount: Int, to output: inout ContiguousArray<UInt8>) {
      let size = UInt32(clamping: byteCount)
      for field in [0x184D_2A50, size] {
        for shift in [0, 8, 16, 24] as [UInt32] {
          output.append(UInt8(truncatingIfNeeded: field >> shift))
        }
      }
      output.append(contentsOf: repeatElement(0, count: Int(size)))
    }

    /// Throws the error that a result of zstd represents.
    private static func check(
      _ result: Int, _ function: String
    ) throws(ContentEncoderError) -> Int {
      guard ZSTD_isError(result) != 0 else { return result }
      let code: ContentEncoderError.Code =
        switch ZSTD_getErrorCode(result) {
        case ZSTD_error_memory_allocation: .outOfMemory
        // The body's length differs from the declared one.
        case ZSTD_error_srcSize_wrong: .invalidState
        default: .corruptedState
        }
      let name = unsafe String(cString: ZSTD_getErrorName(result))
      throw ContentEncoderError(code: code, message: "zstd's \(function): \(name)")
    }
  }
#endif
