import COutputBufferingZlib

/// A streaming decoder of gzip and deflate that uses zlib's `inflate`.
///
/// It rejects wrong checksums and bytes after the end of the member.
@safe
public final class InflateDecoder: StreamingDecoder {
  /// The container of the compressed data.
  public enum Format: Sendable, CaseIterable {
    /// The content coding `gzip` (RFC 1952).
    case gzip
    /// The content coding `deflate`: the zlib format (RFC 1950).
    case zlib
  }

  /// What `inflate` returned.
  public struct Failure: Error, CustomStringConvertible {
    /// zlib's return code.
    public var code: Int32

    /// The code in words.
    public var description: String { "inflate returned \(code)" }
  }

  private let stream: UnsafeMutablePointer<z_stream>
  private let failure: Failure?

  /// Whether the member has ended.
  public private(set) var isAtEnd = false

  /// Creates a decoder of one member.
  ///
  /// - Parameter format: The only accepted container of the compressed data.
  public init(_ format: Format) {
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    unsafe self.stream = stream
    // Adding 16 accepts only gzip.
    let windowBits = format == .gzip ? MAX_WBITS + 16 : MAX_WBITS
    let size = unsafe Int32(MemoryLayout<z_stream>.size)
    let code = unsafe inflateInit2_(stream, windowBits, ZLIB_VERSION, size)
    failure = code == Z_OK ? nil : Failure(code: code)
  }

  deinit {
    _ = unsafe inflateEnd(stream)
    unsafe stream.deinitialize(count: 1)
    unsafe stream.deallocate()
  }

  /// Decodes more of the member.
  ///
  /// - Parameter bytes: The next bytes from the wire; may be empty.
  /// - Returns: All bytes that the input so far determines and that weren't returned before.
  /// - Throws: ``Failure`` if the member is malformed or has bytes after its end.
  public func decode(_ bytes: ContiguousArray<UInt8>) throws -> ContiguousArray<UInt8> {
    if let failure { throw failure }
    var decoded: ContiguousArray<UInt8> = []
    if bytes.isEmpty { return decoded }
    guard !isAtEnd else { throw Failure(code: Z_DATA_ERROR) }
    try unsafe bytes.withUnsafeBufferPointer { bytes in
      unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
      unsafe stream.pointee.avail_in = uInt(bytes.count)
      var code = Z_OK
      repeat {
        decoded.append(addingCapacity: 64 * 1024) { span in
          unsafe span.withUnsafeMutableBufferPointer { buffer, initializedCount in
            unsafe stream.pointee.next_out = buffer.baseAddress
            unsafe stream.pointee.avail_out = uInt(buffer.count)
            code = unsafe inflate(stream, Z_SYNC_FLUSH)
            initializedCount = unsafe buffer.count - Int(stream.pointee.avail_out)
          }
        }
      } while unsafe code == Z_OK && stream.pointee.avail_out == 0
      isAtEnd = code == Z_STREAM_END
      let isDone = unsafe stream.pointee.avail_in == 0
      guard isDone, code == Z_OK || code == Z_BUF_ERROR || isAtEnd else {
        throw Failure(code: code)
      }
    }
    return decoded
  }
}
