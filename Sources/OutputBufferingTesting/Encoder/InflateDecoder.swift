import COutputBufferingZlib

/// A streaming decoder of gzip and deflate over zlib's `inflate`.
///
/// It is strict about checksums and about bytes behind the end of the member.
@safe
public final class InflateDecoder: StreamingDecoder {
  /// What is around the compressed data.
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

  /// Makes a decoder of one member.
  ///
  /// - Parameter format: What is around the compressed data; nothing else is accepted.
  public init(_ format: Format) {
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    unsafe self.stream = stream
    // 16 asks for gzip and nothing else.
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
  /// - Parameter bytes: What comes next on the wire; may be empty.
  /// - Returns: Every byte that is determined now and was not before.
  /// - Throws: ``Failure`` when the member is broken or there is something after its end.
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
