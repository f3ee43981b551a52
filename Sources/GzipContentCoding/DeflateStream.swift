import COutputBufferingZlib
import HTTPContentCoding

/// A zlib stream that writes raw DEFLATE data (RFC 1951).
///
/// This file is the only one that calls zlib; only this file and those of the other engines contain
/// `unsafe` code. It is safe for these reasons:
///
/// - zlib's state points back at its `z_stream`, which therefore must not move. It is in `memory`.
///   This struct can move, but it isn't copyable and only it has the pointer.
/// - `next_in` and `next_out` point into memory that is borrowed for one call to `deflate`. They
///   are set just before the call and not read after it.
@safe
struct DeflateStream: DeflateEngineStream, ~Copyable {
  private let stream: UnsafeMutablePointer<z_stream>
  private let memory: EngineMemory
  /// 4 MiB where bodies are stored, and otherwise 0.
  ///
  /// One call needs the fewest blocks, and its output doesn't depend on the room that zlib finds.
  let wholeBodyLimit: Int

  /// Creates a stream with a window of 32 KiB and zlib's default memory level, about 260 KiB.
  ///
  /// - Throws: ``ContentEncoderError`` if there is no memory, or if zlib isn't the version that this
  ///   was compiled against.
  init(level: CompressionLevel) throws(ContentEncoderError) {
    let memory = try unsafe EngineMemory(byteCount: MemoryLayout<z_stream>.size, for: "zlib")
    // zlib's own allocator is selected by null pointers.
    let stream = unsafe memory.start.assumingMemoryBound(to: z_stream.self)
    let code = unsafe deflateInit2_(
      stream,
      Int32(level.rawValue),
      Z_DEFLATED,
      -MAX_WBITS,  // Negative: no header and no trailer.
      8,  // DEF_MEM_LEVEL, which zlib.h does not export.
      Z_DEFAULT_STRATEGY,
      ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size)
    )
    if let error = ContentEncoderError(zlib: code, from: "deflateInit2") { throw error }
    unsafe self.stream = stream
    self.memory = memory
    wholeBodyLimit = level == .stored ? 4 << 20 : 0
  }

  deinit {
    // This returns Z_DATA_ERROR if output was pending, which is normal when a client leaves.
    _ = unsafe deflateEnd(stream)
  }

  /// Returns the stream to its initial state, with the level it was created with.
  ///
  /// - Throws: ``ContentEncoderError`` if the state is corrupted, the only possible failure.
  mutating func reset() throws(ContentEncoderError) {
    let code = unsafe deflateReset(stream)
    if let error = ContentEncoderError(zlib: code, from: "deflateReset") {
      throw error
    }
  }

  /// Returns the last compressed bytes, which a decoder has in its window.
  ///
  /// Call it while no bytes are pending.
  ///
  /// - Parameter byteCount: The maximum number of bytes.
  /// - Returns: The plain bytes, in order.
  func history(byteCount: Int) -> ContiguousArray<UInt8> {
    unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1 << MAX_WBITS) { window in
      var windowByteCount = UInt32(0)
      let code = unsafe deflateGetDictionary(stream, window.baseAddress, &windowByteCount)
      // Without history the following data is larger but still valid.
      guard code == Z_OK else { return [] }
      return unsafe ContiguousArray(window.prefix(Int(windowByteCount)).suffix(byteCount))
    }
  }

  /// Primes the stream, in its initial state, with bytes that a decoder has in its window.
  ///
  /// - Parameter history: The last bytes before the following data.
  /// - Throws: ``ContentEncoderError`` if the state is corrupted.
  mutating func setHistory(_ history: ContiguousArray<UInt8>) throws(ContentEncoderError) {
    guard !history.isEmpty else { return }
    let code = unsafe history.withUnsafeBufferPointer { history in
      unsafe deflateSetDictionary(stream, history.baseAddress, UInt32(history.count))
    }
    if let error = ContentEncoderError(zlib: code, from: "deflateSetDictionary") {
      throw error
    }
  }

  mutating func compress(
    _ input: Span<UInt8>, flush: EncoderFlush, into output: inout ContiguousArray<UInt8>
  ) throws(ContentEncoderError) {
    try compress(input, flush: flush, into: &output, sliceByteCount: Int(UInt32.max))
  }

  /// Compresses bytes straight into the output's spare capacity.
  ///
  /// - Parameters:
  ///   - input: The bytes to compress.
  ///   - flush: How much of the output must be appended.
  ///   - output: The array to append to.
  ///   - sliceByteCount: The maximum number of bytes passed to zlib at a time; its counts are 32
  ///     bits wide.
  /// - Throws: ``ContentEncoderError``; the stream must then be reset. Having nothing to do isn't
  ///   an error.
  mutating func compress(
    _ input: Span<UInt8>,
    flush: EncoderFlush,
    into output: inout ContiguousArray<UInt8>,
    sliceByteCount: Int
  ) throws(ContentEncoderError) {
    var rest = input
    while rest.count > sliceByteCount {
      try compressSlice(rest.extracting(first: sliceByteCount), Z_NO_FLUSH, into: &output)
      rest = rest.extracting(droppingFirst: sliceByteCount)
    }
    switch flush {
    case .none:
      try compressSlice(rest, Z_NO_FLUSH, into: &output)
    case .sync:
      // Ending the block can take any number of calls if room runs out. Repeating a sync flush
      // writes its marker again (zlib.h, `deflate`), so the sync flush comes last, when only the
      // marker is pending and there is room for it.
      try compressSlice(rest, Z_BLOCK, into: &output)
      try compressSlice(Span(), Z_SYNC_FLUSH, into: &output)
    case .finish:
      try compressSlice(rest, Z_FINISH, into: &output)
    }
  }

  private mutating func compressSlice(
    _ input: Span<UInt8>,
    _ flush: Int32,
    into output: inout ContiguousArray<UInt8>
  ) throws(ContentEncoderError) {
    try unsafe input.withUnsafeBufferPointer { input throws(ContentEncoderError) in
      // The C API isn't const-correct; zlib doesn't write to its input.
      unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
      unsafe stream.pointee.avail_in = uInt(input.count)
      // Remaining room means that zlib has no more output.
      repeat {
        try deflate(flush, into: &output)
      } while unsafe stream.pointee.avail_out == 0
    }
  }

  private mutating func deflate(
    _ flush: Int32,
    into output: inout ContiguousArray<UInt8>
  ) throws(ContentEncoderError) {
    var code = Z_OK
    output.fillSpareCapacity { spare in
      unsafe spare.withUnsafeMutableBufferPointer { buffer, initializedCount in
        let byteCount = UInt32(clamping: buffer.count)
        unsafe stream.pointee.next_out = buffer.baseAddress
        unsafe stream.pointee.avail_out = byteCount
        code = unsafe COutputBufferingZlib.deflate(stream, flush)
        initializedCount = unsafe Int(byteCount - stream.pointee.avail_out)
      }
    }
    if let error = ContentEncoderError(zlib: code, from: "deflate") {
      throw error
    }
  }
}

extension DeflateStream {
  /// Continues a CRC-32 (RFC 1952 §8), whose initial value is 0.
  static func crc32(_ checksum: UInt32, of input: Span<UInt8>) -> UInt32 {
    unsafe input.withUnsafeBufferPointer { input in
      guard let start = input.baseAddress else { return checksum }
      return unsafe UInt32(crc32_z(uLong(checksum), start, input.count))
    }
  }

  /// Continues an Adler-32 (RFC 1950 §8.2), whose initial value is 1.
  static func adler32(_ checksum: UInt32, of input: Span<UInt8>) -> UInt32 {
    unsafe input.withUnsafeBufferPointer { input in
      guard let start = input.baseAddress else { return checksum }
      return unsafe UInt32(adler32_z(uLong(checksum), start, input.count))
    }
  }
}
