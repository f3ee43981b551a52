import CFuzzingZlib

/// A streaming decoder over zlib's `inflate` that outputs every byte its input so far determines.
///
/// It is strict: a wrong checksum, a malformed stream and bytes after the end are findings.
@safe
public final class StreamingInflater {
  /// The format to decode.
  public enum Format: Sendable {
    /// RFC 1952.
    case gzip
    /// RFC 1950, the content coding `deflate`.
    case zlib
  }

  private let stream: UnsafeMutablePointer<z_stream>

  /// Whether the member has ended with a correct checksum.
  public private(set) var isAtEnd = false

  /// Creates a decoder of one member.
  public init(_ format: Format) {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let windowBits = format == .gzip ? MAX_WBITS + 16 : MAX_WBITS
    let code = unsafe inflateInit2_(
      stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    require(code == Z_OK, "inflateInit2 returned \(code)")
  }

  deinit {
    _ = unsafe inflateEnd(stream)
    unsafe stream.deinitialize(count: 1)
    unsafe stream.deallocate()
  }

  /// Decodes the next bytes and appends the output that they determine.
  public func decode(_ bytes: [UInt8], into decoded: inout [UInt8]) {
    if bytes.isEmpty { return }
    require(!isAtEnd, "\(bytes.count) bytes after the end of the member")
    var room = [UInt8](repeating: 0, count: 32 * 1024)
    unsafe bytes.withUnsafeBufferPointer { bytes in
      unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
      unsafe stream.pointee.avail_in = uInt(bytes.count)
      var code = Z_OK
      repeat {
        let count = unsafe room.withUnsafeMutableBufferPointer { room in
          unsafe stream.pointee.next_out = room.baseAddress
          unsafe stream.pointee.avail_out = uInt(room.count)
          code = unsafe inflate(stream, Z_SYNC_FLUSH)
          return unsafe room.count - Int(stream.pointee.avail_out)
        }
        decoded += room[..<count]
      } while unsafe code == Z_OK && stream.pointee.avail_out == 0
      isAtEnd = code == Z_STREAM_END
      let unread = unsafe stream.pointee.avail_in
      require(code == Z_OK || code == Z_BUF_ERROR || isAtEnd, "inflate returned \(code)")
      require(unread == 0, "\(unread) bytes after the end of the member")
    }
  }
}
