import HTTPContentCoding

/// An engine that writes raw DEFLATE data (RFC 1951) at its own level.
///
/// ``DeflateEncoder`` writes the container and ensures the order of calls.
protocol DeflateEngineStream: ~Copyable {
  /// The maximum size, in bytes, of a body that the engine wants in one call.
  var wholeBodyLimit: Int { get }

  /// Returns the stream to its initial state, with the level it was created with.
  ///
  /// - Throws: ``ContentEncoderError`` if the state is corrupted.
  mutating func reset() throws(ContentEncoderError)

  /// Compresses bytes and appends the output.
  ///
  /// The encoder requests a sync flush only if there is something to flush.
  ///
  /// - Parameters:
  ///   - input: The bytes to compress.
  ///   - flush: How much of the output must be appended.
  ///   - output: The array to append to.
  /// - Throws: ``ContentEncoderError``; the stream must then be reset.
  mutating func compress(
    _ input: Span<UInt8>, flush: EncoderFlush, into output: inout ContiguousArray<UInt8>
  ) throws(ContentEncoderError)

  /// Compresses a whole body in a single call.
  ///
  /// - Parameters:
  ///   - input: The body, within ``wholeBodyLimit``.
  ///   - output: The array to append to; it has room for ``StoredBlocks/byteCount(of:)``.
  /// - Throws: ``ContentEncoderError``; the stream must then be reset.
  mutating func compressWhole(
    _ input: Span<UInt8>, into output: inout ContiguousArray<UInt8>
  ) throws(ContentEncoderError)

  /// Returns the last compressed bytes, which a decoder has in its window.
  ///
  /// Call it while no bytes are pending.
  ///
  /// - Parameter byteCount: The maximum number of bytes.
  /// - Returns: The plain bytes, in order.
  func history(byteCount: Int) -> ContiguousArray<UInt8>

  /// Primes the stream, in its initial state, with bytes that a decoder has in its window.
  ///
  /// - Parameter history: The last bytes before the following data.
  /// - Throws: ``ContentEncoderError`` if the state is corrupted.
  mutating func setHistory(_ history: ContiguousArray<UInt8>) throws(ContentEncoderError)
}

extension DeflateEngineStream where Self: ~Copyable {
  /// Returns 0: the engine takes a body in any number of calls.
  var wholeBodyLimit: Int { 0 }

  mutating func compressWhole(
    _ input: Span<UInt8>, into output: inout ContiguousArray<UInt8>
  ) throws(ContentEncoderError) {
    try compress(input, flush: .finish, into: &output)
  }
}

/// Raw DEFLATE data without compression (RFC 1951 §3.2.4).
enum StoredBlocks {
  /// The longest block, in bytes.
  static let maximumByteCount = 65_535

  /// Returns the size of a body in stored blocks, which is the maximum that any engine needs.
  static func byteCount(of byteCount: Int) -> Int {
    byteCount + 5 * max(1, (byteCount + maximumByteCount - 1) / maximumByteCount)
  }
}
