import COutputBufferingZlib

@testable import GzipContentCoding

/// A streaming decoder over zlib's `inflate`, to judge encoders with.
///
/// It gives out every byte that its input so far determines, and it is strict: a checksum that is
/// wrong, a stream that is broken and bytes after the end are errors.
@safe
final class Inflater: StreamingDecoder {
  struct Failure: Error {
    var code: Int32
  }

  private let stream: UnsafeMutablePointer<z_stream>
  private(set) var isAtEnd = false

  init(_ format: DeflateFormat) throws {
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    unsafe self.stream = stream
    // 16 asks for gzip and nothing else.
    let windowBits = format == .gzip ? MAX_WBITS + 16 : MAX_WBITS
    let size = unsafe Int32(MemoryLayout<z_stream>.size)
    let code = unsafe inflateInit2_(stream, windowBits, ZLIB_VERSION, size)
    guard code == Z_OK else { throw Failure(code: code) }
  }

  deinit {
    _ = unsafe inflateEnd(stream)
    unsafe stream.deinitialize(count: 1)
    unsafe stream.deallocate()
  }

  func decode(_ bytes: ContiguousArray<UInt8>) throws -> ContiguousArray<UInt8> {
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
