#if ISAL
  import COutputBufferingISAL
  import HTTPContentCoding

  /// An ISA-L stream for both kinds of bodies: it takes a whole body in one call and without a
  /// copy.
  ///
  /// This file is the only one that calls ISA-L. Its `unsafe` code is safe for these reasons:
  ///
  /// - The state is 80 KiB large and points to the working memory. Both are in `memory`, which this
  ///   noncopyable struct owns.
  /// - `next_in` and `next_out` point into memory that is borrowed for one call. They are set just
  ///   before the call and not read after it: ISA-L copies the input that it needs later.
  @safe
  struct ISALStream: DeflateEngineStream, ~Copyable {
    /// The maximum input at a time, in bytes; ISA-L's counts are 32 bits wide.
    private static let sliceByteCount = 1 << 30
    /// How much plain text is kept for a suspended member, in bytes.
    private static let historyByteCount = 2048

    private let stream: UnsafeMutablePointer<isal_zstream>
    private let memory: EngineMemory
    /// The last plain text of a stream; ISA-L doesn't expose its own.
    private var history: ContiguousArray<UInt8> = []

    /// 1 MiB takes about 3 ms with any content.
    var wholeBodyLimit: Int { 1 << 20 }

    /// Creates a stream with a window of 32 KiB; it holds about 170 KiB at level 1, 210 KiB at
    /// level 2 and 230 KiB at level 3.
    ///
    /// - Parameter level: ISA-L's own level, 1 to 3.
    /// - Throws: ``ContentEncoderError`` if there is no memory.
    init(level: Int) throws(ContentEncoderError) {
      let bufferByteCount = output_buffering_isal_level_buffer_byte_count(UInt32(level))
      // The buffer follows the state, aligned like it.
      let stateByteCount = unsafe (MemoryLayout<isal_zstream>.size + 63) & ~63
      let memory = try EngineMemory(
        byteCount: stateByteCount + Int(bufferByteCount), for: "ISA-L")
      let buffer = unsafe memory.start + stateByteCount
      let stream = unsafe memory.start.assumingMemoryBound(to: isal_zstream.self)
      unsafe isal_deflate_init(stream)
      unsafe stream.pointee.level = UInt32(level)
      unsafe stream.pointee.level_buf_size = bufferByteCount
      unsafe stream.pointee.level_buf = buffer.assumingMemoryBound(to: UInt8.self)
      unsafe self.stream = stream
      self.memory = memory
    }

    mutating func reset() throws(ContentEncoderError) {
      unsafe isal_deflate_reset(stream)
      unsafe stream.pointee.flush = UInt16(NO_FLUSH)
      unsafe stream.pointee.end_of_stream = 0
      history.removeAll(keepingCapacity: true)
    }

    mutating func compressWhole(
      _ input: Span<UInt8>, into output: inout ContiguousArray<UInt8>
    ) throws(ContentEncoderError) {
      var code = Int32(COMP_OK)
      unsafe stream.pointee.flush = UInt16(NO_FLUSH)
      unsafe stream.pointee.end_of_stream = 1
      output.append(addingCapacity: StoredBlocks.byteCount(of: input.count)) { span in
        unsafe span.withUnsafeMutableBufferPointer { buffer, initializedCount in
          unsafe input.withUnsafeBufferPointer { input in
            unsafe lend(input, buffer, StoredBlocks.byteCount(of: input.count))
            code = unsafe isal_deflate_stateless(stream)
          }
          initializedCount =
            unsafe StoredBlocks.byteCount(of: input.count)
            - Int(stream.pointee.avail_out)
        }
      }
      try check(code, "isal_deflate_stateless")
    }

    mutating func compress(
      _ input: Span<UInt8>, flush: EncoderFlush, into output: inout ContiguousArray<UInt8>
    ) throws(ContentEncoderError) {
      var rest = input
      while rest.count > Self.sliceByteCount {
        try compressSlice(rest.extracting(first: Self.sliceByteCount), .none, into: &output)
        rest = rest.extracting(droppingFirst: Self.sliceByteCount)
      }
      try compressSlice(rest, flush, into: &output)
      if flush != .finish { remember(input) }
    }

    private mutating func compressSlice(
      _ input: Span<UInt8>, _ flush: EncoderFlush, into output: inout ContiguousArray<UInt8>
    ) throws(ContentEncoderError) {
      unsafe stream.pointee.flush = UInt16(flush == .sync ? SYNC_FLUSH : NO_FLUSH)
      unsafe stream.pointee.end_of_stream = flush == .finish ? 1 : 0
      var position = 0
      repeat {
        var code = Int32(COMP_OK)
        let slice = input.extracting(droppingFirst: position)
        output.fillSpareCapacity { spare in
          unsafe spare.withUnsafeMutableBufferPointer { buffer, initializedCount in
            let byteCount = Int(UInt32(clamping: buffer.count))
            unsafe slice.withUnsafeBufferPointer { slice in
              unsafe lend(slice, buffer, byteCount)
              code = unsafe isal_deflate(stream)
            }
            initializedCount = unsafe byteCount - Int(stream.pointee.avail_out)
          }
        }
        try check(code, "isal_deflate")
        position = unsafe input.count - Int(stream.pointee.avail_in)
      } while position < input.count || !hasWritten(flush)
    }

    /// Whether all required output has been written.
    private func hasWritten(_ flush: EncoderFlush) -> Bool {
      switch flush {
      case .none: true
      // The marker has been written once the next block is due.
      case .sync: unsafe stream.pointee.internal_state.state == ZSTATE_NEW_HDR
      case .finish: unsafe stream.pointee.internal_state.state == ZSTATE_END
      }
    }

    /// Sets the memory for the next call.
    @unsafe private func lend(
      _ input: UnsafeBufferPointer<UInt8>, _ output: UnsafeMutableBufferPointer<UInt8>,
      _ outputByteCount: Int
    ) {
      // The C API isn't const-correct; ISA-L doesn't write to its input.
      unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
      unsafe stream.pointee.avail_in = UInt32(input.count)
      unsafe stream.pointee.next_out = output.baseAddress
      unsafe stream.pointee.avail_out = UInt32(outputByteCount)
    }

    /// Throws for errors that can't occur: neither input nor room can cause them.
    private func check(_ code: Int32, _ function: String) throws(ContentEncoderError) {
      guard code != COMP_OK else { return }
      throw ContentEncoderError(
        code: .corruptedState, message: "ISA-L's \(function) returned \(code)")
    }

    private mutating func remember(_ input: Span<UInt8>) {
      let last = input.extracting(last: Self.historyByteCount)
      let excess = history.count + last.count - Self.historyByteCount
      if excess > 0 { history.removeFirst(min(excess, history.count)) }
      unsafe last.withUnsafeBufferPointer { unsafe history.append(contentsOf: $0) }
    }

    func history(byteCount: Int) -> ContiguousArray<UInt8> {
      ContiguousArray(history.suffix(byteCount))
    }

    mutating func setHistory(_ history: ContiguousArray<UInt8>) throws(ContentEncoderError) {
      guard !history.isEmpty else { return }
      let code = unsafe history.withUnsafeBufferPointer { history in
        // ISA-L copies it and doesn't write to it.
        unsafe isal_deflate_set_dict(
          stream, UnsafeMutablePointer(mutating: history.baseAddress), UInt32(history.count))
      }
      try check(code, "isal_deflate_set_dict")
      remember(history.span)
    }
  }

  extension ISALStream {
    /// Continues a CRC-32 (RFC 1952 §8), whose initial value is 0.
    static func crc32(_ checksum: UInt32, of input: Span<UInt8>) -> UInt32 {
      unsafe input.withUnsafeBufferPointer { input in
        guard let start = input.baseAddress else { return checksum }
        return unsafe crc32_gzip_refl(checksum, start, UInt64(input.count))
      }
    }

    /// Continues an Adler-32 (RFC 1950 §8.2), whose initial value is 1.
    static func adler32(_ checksum: UInt32, of input: Span<UInt8>) -> UInt32 {
      unsafe input.withUnsafeBufferPointer { input in
        guard let start = input.baseAddress else { return checksum }
        return unsafe isal_adler32(checksum, start, UInt64(input.count))
      }
    }
  }
#endif
