#if Libdeflate
  import COutputBufferingLibdeflate
  import HTTPContentCoding

  /// A libdeflate compressor for whole bodies, with a zlib stream for bodies in pieces.
  ///
  /// libdeflate only compresses a whole body in one call; the zlib stream is created on the first
  /// piece. This file is the only one that calls libdeflate. Its `unsafe` code is safe for these
  /// reasons:
  ///
  /// - The compressor is allocated and freed here, and only this noncopyable struct has the
  ///   pointer.
  /// - The library's arguments point into memory that is borrowed for one call; it keeps no pointer
  ///   to it.
  @safe
  struct LibdeflateStream: DeflateEngineStream, ~Copyable {
    /// The maximum body size at each of libdeflate's levels, in bytes: it takes 2 to 6 ms for text,
    /// and 20 ms for the slowest content found, which is random text with few letters.
    private static let wholeBodyLimits = [
      1: 1 << 20, 2: 512 << 10, 3: 512 << 10, 4: 512 << 10, 5: 256 << 10, 6: 128 << 10,
    ]

    let wholeBodyLimit: Int
    private let compressor: OpaquePointer
    /// The stream for bodies in pieces, at the level with the same size.
    private var pieces: DeflateStream?
    private let piecesLevel: CompressionLevel

    /// Creates a stream; the compressor holds about 200 KiB at level 1, 660 KiB above and 9 MiB
    /// from 10 on.
    ///
    /// - Parameters:
    ///   - level: libdeflate's level, 1 to 12.
    ///   - piecesLevel: zlib's level for bodies in pieces.
    /// - Throws: ``ContentEncoderError`` if there is no memory.
    init(level: Int, piecesLevel: CompressionLevel) throws(ContentEncoderError) {
      guard let compressor = unsafe libdeflate_alloc_compressor(Int32(level)) else {
        throw ContentEncoderError(
          code: .outOfMemory, message: "libdeflate_alloc_compressor(\(level)) returned null")
      }
      unsafe self.compressor = compressor
      self.piecesLevel = piecesLevel
      wholeBodyLimit = Self.wholeBodyLimits[level] ?? 64 << 10
    }

    deinit { unsafe libdeflate_free_compressor(compressor) }

    mutating func compressWhole(
      _ input: Span<UInt8>, into output: inout ContiguousArray<UInt8>
    ) throws(ContentEncoderError) {
      var writtenByteCount = 0
      output.append(addingCapacity: StoredBlocks.byteCount(of: input.count)) { span in
        unsafe span.withUnsafeMutableBufferPointer { buffer, initializedCount in
          unsafe input.withUnsafeBufferPointer { input in
            // If the output doesn't fit, compression saves nothing.
            writtenByteCount = unsafe libdeflate_deflate_compress(
              compressor, input.baseAddress, input.count, buffer.baseAddress,
              StoredBlocks.byteCount(of: input.count))
          }
          initializedCount = writtenByteCount
        }
      }
      if writtenByteCount == 0 { Self.store(input, into: &output) }
    }

    /// Writes blocks without compression.
    private static func store(_ input: Span<UInt8>, into output: inout ContiguousArray<UInt8>) {
      var rest = input
      repeat {
        let block = rest.extracting(first: StoredBlocks.maximumByteCount)
        rest = rest.extracting(droppingFirst: block.count)
        // BFINAL and BTYPE 00, then LEN and its complement, least significant byte first.
        output.append(rest.isEmpty ? 1 : 0)
        let length = UInt16(block.count)
        for part in [length, ~length] {
          output.append(UInt8(truncatingIfNeeded: part))
          output.append(UInt8(truncatingIfNeeded: part >> 8))
        }
        unsafe block.withUnsafeBufferPointer { unsafe output.append(contentsOf: $0) }
      } while !rest.isEmpty
    }

    mutating func reset() throws(ContentEncoderError) { try pieces?.reset() }

    mutating func compress(
      _ input: Span<UInt8>, flush: EncoderFlush, into output: inout ContiguousArray<UInt8>
    ) throws(ContentEncoderError) {
      try makePieces()
      try pieces?.compress(input, flush: flush, into: &output)
    }

    func history(byteCount: Int) -> ContiguousArray<UInt8> {
      pieces?.history(byteCount: byteCount) ?? []
    }

    mutating func setHistory(_ history: ContiguousArray<UInt8>) throws(ContentEncoderError) {
      try makePieces()
      try pieces?.setHistory(history)
    }

    private mutating func makePieces() throws(ContentEncoderError) {
      if pieces == nil { pieces = try DeflateStream(level: piecesLevel) }
    }
  }

  extension LibdeflateStream {
    /// Continues a CRC-32 (RFC 1952 §8), whose initial value is 0.
    static func crc32(_ checksum: UInt32, of input: Span<UInt8>) -> UInt32 {
      unsafe input.withUnsafeBufferPointer { input in
        guard let start = input.baseAddress else { return checksum }
        return unsafe libdeflate_crc32(checksum, start, input.count)
      }
    }

    /// Continues an Adler-32 (RFC 1950 §8.2), whose initial value is 1.
    static func adler32(_ checksum: UInt32, of input: Span<UInt8>) -> UInt32 {
      unsafe input.withUnsafeBufferPointer { input in
        guard let start = input.baseAddress else { return checksum }
        return unsafe libdeflate_adler32(checksum, start, input.count)
      }
    }
  }
#endif
