#if Libdeflate
  import COutputBufferingLibdeflate
  import HTTPContentCoding

  /// libdeflate, which compresses a whole body by one call and nothing else; a body that comes in pieces goes
  /// through zlib, of which a state is made when the first one comes.
  ///
  /// This file is the only one that calls libdeflate. What makes its `unsafe` safe:
  ///
  /// - The compressor is allocated and freed here, and this struct, which can't be copied, is the only one to
  ///   have the pointer.
  /// - What the library is given points into memory that is lent for one call; it keeps none of it.
  @safe
  struct LibdeflateStream: DeflateEngineStream, ~Copyable {
    /// libdeflate's own levels, and how long a body may be at each, in bytes: what takes about 4 ms of text,
    /// and 25 ms of the hardest content that was found.
    private static let wholeBodyLimits = [
      1: 1 << 20, 2: 512 << 10, 3: 512 << 10, 4: 512 << 10, 5: 256 << 10, 6: 256 << 10,
    ]

    let wholeBodyLimit: Int
    private let compressor: OpaquePointer
    /// For a body that comes in pieces, at the level that keeps its size.
    private var pieces: DeflateStream?
    private let piecesLevel: CompressionLevel

    /// Creates a stream; the compressor takes about 200 KiB at level 1, 660 KiB above and 9 MiB from 10 on.
    ///
    /// - Parameters:
    ///   - level: libdeflate's own level, 1 to 12.
    ///   - piecesLevel: zlib's level for a body that comes in pieces.
    /// - Throws: ``ContentEncoderError`` if there is no memory.
    init(level: Int, piecesLevel: CompressionLevel) throws(ContentEncoderError) {
      guard let compressor = unsafe libdeflate_alloc_compressor(Int32(level)) else {
        throw ContentEncoderError(
          code: .outOfMemory, message: "libdeflate_alloc_compressor(\(level)) returned null")
      }
      unsafe self.compressor = compressor
      self.piecesLevel = piecesLevel
      wholeBodyLimit = Self.wholeBodyLimits[level] ?? 128 << 10
    }

    deinit { unsafe libdeflate_free_compressor(compressor) }

    mutating func compressWhole(
      _ input: Span<UInt8>, into output: inout ContiguousArray<UInt8>
    ) throws(ContentEncoderError) {
      var writtenByteCount = 0
      output.append(addingCapacity: StoredBlocks.byteCount(of: input.count)) { span in
        unsafe span.withUnsafeMutableBufferPointer { buffer, initializedCount in
          unsafe input.withUnsafeBufferPointer { input in
            // Where it doesn't fit it saves nothing.
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
        // BFINAL, and BTYPE 00; LEN and its complement, the least significant byte first.
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
    /// Carries on a CRC-32 (RFC 1952 §8), which begins with 0.
    static func crc32(_ checksum: UInt32, of input: Span<UInt8>) -> UInt32 {
      unsafe input.withUnsafeBufferPointer { input in
        guard let start = input.baseAddress else { return checksum }
        return unsafe libdeflate_crc32(checksum, start, input.count)
      }
    }

    /// Carries on an Adler-32 (RFC 1950 §8.2), which begins with 1.
    static func adler32(_ checksum: UInt32, of input: Span<UInt8>) -> UInt32 {
      unsafe input.withUnsafeBufferPointer { input in
        guard let start = input.baseAddress else { return checksum }
        return unsafe libdeflate_adler32(checksum, start, input.count)
      }
    }
  }
#endif
