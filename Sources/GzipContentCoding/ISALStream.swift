#if ISAL
  import COutputBufferingISAL
  import HTTPContentCoding

  /// ISA-L, which takes bodies of both kinds: a whole one by one call, without a copy of it, and streams.
  ///
  /// This file is the only one that calls ISA-L. What makes its `unsafe` safe:
  ///
  /// - The state points to the working memory and is 80 KiB itself. Both are allocated here and freed in
  ///   `deinit`, and this struct, which can't be copied, is the only one to have the pointers.
  /// - `next_in` and `next_out` point into memory that is lent for one call. They are set just before it and
  ///   read by nothing after it: what ISA-L wants to see again it has copied.
  @safe
  struct ISALStream: DeflateEngineStream, ~Copyable {
    /// The most bytes of input at a time; ISA-L's counts are 32 bits wide.
    private static let sliceByteCount = 1 << 30
    /// The least room worth a call.
    private static let leastSpareByteCount = 64
    /// The first allocation for an output that has none.
    private static let growthByteCount = 512
    /// How much plain text is kept for a member that changes hands, in bytes.
    private static let historyByteCount = 2048

    private let stream: UnsafeMutablePointer<isal_zstream>
    private let levelBuffer: UnsafeMutableRawPointer
    /// The last plain text of a stream; ISA-L doesn't give its own away.
    private var history: ContiguousArray<UInt8> = []

    /// A megabyte: about 3 ms of anything.
    var wholeBodyLimit: Int { 1 << 20 }

    /// Creates a stream with a window of 32 KiB, about 170 KiB at level 1, 210 at level 2 and 230 at level 3.
    ///
    /// - Parameter level: ISA-L's own level, 1 to 3.
    init(level: Int) {
      let byteCount = output_buffering_isal_level_buffer_byte_count(UInt32(level))
      unsafe levelBuffer = .allocate(byteCount: Int(byteCount), alignment: 64)
      unsafe levelBuffer.initializeMemory(as: UInt8.self, repeating: 0, count: Int(byteCount))
      let memory = unsafe UnsafeMutableRawPointer.allocate(
        byteCount: MemoryLayout<isal_zstream>.size, alignment: 64)
      unsafe memory.initializeMemory(
        as: UInt8.self, repeating: 0, count: MemoryLayout<isal_zstream>.size)
      unsafe stream = memory.assumingMemoryBound(to: isal_zstream.self)
      unsafe isal_deflate_init(stream)
      unsafe stream.pointee.level = UInt32(level)
      unsafe stream.pointee.level_buf_size = byteCount
      unsafe stream.pointee.level_buf = levelBuffer.assumingMemoryBound(to: UInt8.self)
    }

    deinit {
      unsafe UnsafeMutableRawPointer(stream).deallocate()
      unsafe levelBuffer.deallocate()
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
        let spareByteCount = output.capacity - output.count
        // Asking for more than there is makes the array grow geometrically.
        let isWorthFilling = spareByteCount >= Self.leastSpareByteCount
        output.append(addingCapacity: isWorthFilling ? spareByteCount : Self.growthByteCount) {
          span in
          unsafe span.withUnsafeMutableBufferPointer { buffer, initializedCount in
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

    /// Whether everything that has to come out has done so.
    private func hasWritten(_ flush: EncoderFlush) -> Bool {
      switch flush {
      case .none: true
      // The marker has been written when the next block is due.
      case .sync: unsafe stream.pointee.internal_state.state == ZSTATE_NEW_HDR
      case .finish: unsafe stream.pointee.internal_state.state == ZSTATE_END
      }
    }

    /// Lends memory for the next call.
    @unsafe private func lend(
      _ input: UnsafeBufferPointer<UInt8>, _ output: UnsafeMutableBufferPointer<UInt8>,
      _ outputByteCount: Int
    ) {
      // The C API is not const-correct; ISA-L does not write to its input.
      unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
      unsafe stream.pointee.avail_in = UInt32(input.count)
      unsafe stream.pointee.next_out = output.baseAddress
      unsafe stream.pointee.avail_out = UInt32(outputByteCount)
    }

    /// What can't happen: input and room are never at fault.
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
        // It is copied, and only read.
        unsafe isal_deflate_set_dict(
          stream, UnsafeMutablePointer(mutating: history.baseAddress), UInt32(history.count))
      }
      try check(code, "isal_deflate_set_dict")
      remember(history.span)
    }
  }

  extension ISALStream {
    /// Carries on a CRC-32 (RFC 1952 §8), which begins with 0.
    static func crc32(_ checksum: UInt32, of input: Span<UInt8>) -> UInt32 {
      unsafe input.withUnsafeBufferPointer { input in
        guard let start = input.baseAddress else { return checksum }
        return unsafe crc32_gzip_refl(checksum, start, UInt64(input.count))
      }
    }

    /// Carries on an Adler-32 (RFC 1950 §8.2), which begins with 1.
    static func adler32(_ checksum: UInt32, of input: Span<UInt8>) -> UInt32 {
      unsafe input.withUnsafeBufferPointer { input in
        guard let start = input.baseAddress else { return checksum }
        return unsafe isal_adler32(checksum, start, UInt64(input.count))
      }
    }
  }
#endif
