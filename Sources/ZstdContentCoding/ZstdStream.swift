#if Zstd
  import COutputBufferingZstd
  import HTTPContentCoding

  /// A zstd context that writes one frame at a time.
  ///
  /// This file is the only one that calls zstd, and the only one with `unsafe` in it. What makes it safe:
  ///
  /// - The context is made here and freed in `deinit`, and this struct, which can't be copied, is the only one
  ///   to have the pointer.
  /// - The buffers that zstd is given point into memory that is lent for one call, and zstd keeps no pointer
  ///   to them: it copies input into a window of its own (`ZSTD_bm_buffered`, the default).
  @safe
  struct ZstdStream: ~Copyable {
    private var context: OpaquePointer
    private let configuration: ZstdConfiguration
    /// Whether the context is set up for bodies of unknown length.
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

    /// How much memory the context holds, in bytes.
    var memoryByteCount: Int { unsafe ZSTD_sizeof_CCtx(context) }

    /// Begins a frame.
    ///
    /// A window is as long as the body, or 128 KiB where that isn't known: a client has to have as much, and
    /// so has the server. At the levels on offer zstd's own limit is 8 MiB, that of RFC 9659.
    ///
    /// - Parameter byteCount: The length of the body in bytes, where it is known: the frame then says it.
    /// - Throws: ``ContentEncoderError`` if zstd refuses a parameter.
    mutating func begin(byteCount: Int?) throws(ContentEncoderError) {
      try setUp(forStreams: byteCount == nil)
      guard let byteCount else { return }
      _ = try Self.check(
        unsafe ZSTD_CCtx_setPledgedSrcSize(context, UInt64(byteCount)),
        "ZSTD_CCtx_setPledgedSrcSize")
    }

    /// Sets window and tables: 0 is what the level wants, and no more than the length needs.
    ///
    /// zstd makes tables as large for a length that it doesn't know as for a long one, 80 MiB at level 19:
    /// as many entries as the window has bytes are enough.
    private mutating func setUp(forStreams: Bool) throws(ContentEncoderError) {
      guard forStreams != isForStreams else { return }
      let hasLongTables = configuration.level.rawValue > 3
      let tableBits = forStreams && hasLongTables ? Self.streamWindowBits : 0
      try unsafe Self.set(
        ZSTD_c_windowLog, to: forStreams ? Self.streamWindowBits : 0, of: context)
      try unsafe Self.set(ZSTD_c_hashLog, to: tableBits, of: context)
      try unsafe Self.set(ZSTD_c_chainLog, to: tableBits, of: context)
      isForStreams = forStreams
    }

    /// 128 KiB.
    private static let streamWindowBits: Int32 = 17

    /// Makes the context as new, with the parameters it was created with.
    ///
    /// One that has grown for a long body is made anew: what is idle holds no more than
    /// ``idleByteLimit``.
    ///
    /// - Throws: ``ContentEncoderError`` if that takes memory that isn't there.
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

    /// How much memory a context keeps between two frames, in bytes.
    static let idleByteLimit = 4 * 1024 * 1024

    /// Compresses bytes straight into the output's spare capacity.
    ///
    /// - Parameters:
    ///   - input: The bytes to compress.
    ///   - flush: How much has to come out.
    ///   - output: Where to append.
    /// - Throws: ``ContentEncoderError``, after which the context has to be reset.
    mutating func compress(
      _ input: Span<UInt8>,
      flush: EncoderFlush,
      into output: inout ContiguousArray<UInt8>
    ) throws(ContentEncoderError) {
      let directive =
        switch flush {
        case .none: ZSTD_e_continue
        case .sync: ZSTD_e_flush
        case .finish: ZSTD_e_end
        }
      try unsafe input.withUnsafeBufferPointer { input throws(ContentEncoderError) in
        var source = unsafe ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var isDone = false
        while !isDone {
          let rest = try unsafe compress(&source, directive, into: &output)
          // With nothing to flush what is left in the window is to stay there.
          isDone = unsafe flush == .none ? source.pos == source.size : rest == 0
        }
      }
    }

    /// Lets zstd fill the spare capacity, which is made to be worth filling.
    ///
    /// - Returns: How many bytes there are still to come, at least.
    private mutating func compress(
      _ source: inout ZSTD_inBuffer,
      _ directive: ZSTD_EndDirective,
      into output: inout ContiguousArray<UInt8>
    ) throws(ContentEncoderError) -> Int {
      var result = 0
      let spareByteCount = output.capacity - output.count
      // Asking for more than there is makes the array grow geometrically.
      let isWorthFilling = spareByteCount >= Self.leastSpareByteCount
      let byteCount = isWorthFilling ? spareByteCount : Self.growthByteCount
      output.append(addingCapacity: byteCount) { span in
        unsafe span.withUnsafeMutableBufferPointer { buffer, initializedCount in
          var target = unsafe ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
          result = unsafe ZSTD_compressStream2(context, &target, &source, directive)
          initializedCount = unsafe target.pos
        }
      }
      return try Self.check(result, "ZSTD_compressStream2")
    }

    /// The least room worth a call.
    private static let leastSpareByteCount = 64

    /// The first allocation for an output that has none.
    private static let growthByteCount = 512

    /// Throws what a result of zstd says.
    private static func check(
      _ result: Int, _ function: String
    ) throws(ContentEncoderError) -> Int {
      guard ZSTD_isError(result) != 0 else { return result }
      let code: ContentEncoderError.Code =
        switch ZSTD_getErrorCode(result) {
        case ZSTD_error_memory_allocation: .outOfMemory
        // The body has another length than was told.
        case ZSTD_error_srcSize_wrong: .invalidState
        default: .corruptedState
        }
      let name = unsafe String(cString: ZSTD_getErrorName(result))
      throw ContentEncoderError(code: code, message: "zstd's \(function): \(name)")
    }
  }
#endif
