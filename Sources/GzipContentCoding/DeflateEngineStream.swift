import HTTPContentCoding

/// An engine that writes raw DEFLATE data, RFC 1951, at a level of its own.
///
/// What stands around the data, and when what may be called, is ``DeflateEncoder``'s.
protocol DeflateEngineStream: ~Copyable {
  /// How long a body may be that the engine wants in one call, in bytes.
  var wholeBodyLimit: Int { get }

  /// Makes the stream as new, with the level it was created with.
  ///
  /// - Throws: ``ContentEncoderError`` if the state is corrupted.
  mutating func reset() throws(ContentEncoderError)

  /// Compresses bytes and appends what comes out.
  ///
  /// A sync flush is called only where there is something to flush.
  ///
  /// - Parameters:
  ///   - input: The bytes to compress.
  ///   - flush: How much has to come out.
  ///   - output: Where to append.
  /// - Throws: ``ContentEncoderError``, after which the stream has to be reset.
  mutating func compress(
    _ input: Span<UInt8>, flush: EncoderFlush, into output: inout ContiguousArray<UInt8>
  ) throws(ContentEncoderError)

  /// Compresses all of a body by the first call and the last.
  ///
  /// - Parameters:
  ///   - input: The body, within ``wholeBodyLimit``.
  ///   - output: Where to append; it has room for ``StoredBlocks/byteCount(of:)``.
  /// - Throws: ``ContentEncoderError``, after which the stream has to be reset.
  mutating func compressWhole(
    _ input: Span<UInt8>, into output: inout ContiguousArray<UInt8>
  ) throws(ContentEncoderError)

  /// The last of the bytes that were compressed, which a decoder has in its window.
  ///
  /// To be called where none is pending.
  ///
  /// - Parameter byteCount: How many at most.
  /// - Returns: The bytes, in their order.
  func history(byteCount: Int) -> ContiguousArray<UInt8>

  /// Makes bytes that a decoder has in its window something to refer to; the stream is as new.
  ///
  /// - Parameter history: The last of the bytes before.
  /// - Throws: ``ContentEncoderError`` if the state is corrupted.
  mutating func setHistory(_ history: ContiguousArray<UInt8>) throws(ContentEncoderError)
}

extension DeflateEngineStream where Self: ~Copyable {
  /// 0: the engine takes a body in any pieces.
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

  /// How many bytes a body takes so: the most that an engine needs for it.
  static func byteCount(of byteCount: Int) -> Int {
    byteCount + 5 * max(1, (byteCount + maximumByteCount - 1) / maximumByteCount)
  }
}
