#if Hummingbird
  import COutputBufferingZlib

  /// A streaming decoder over zlib's `inflate`: gives out every byte that its input so far determines,
  /// and is strict about checksums and about bytes behind the end.
  @safe
  final class WireInflater: @unchecked Sendable {
    struct Failure: Error {
      var code: CInt
    }

    private let stream: UnsafeMutablePointer<z_stream>
    private(set) var isAtEnd = false

    init(isGzip: Bool) throws {
      let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
      unsafe stream.initialize(to: z_stream())
      unsafe self.stream = stream
      // 16 asks for gzip and nothing else.
      let windowBits = isGzip ? MAX_WBITS + 16 : MAX_WBITS
      let size = unsafe CInt(MemoryLayout<z_stream>.size)
      let code = unsafe inflateInit2_(stream, windowBits, ZLIB_VERSION, size)
      guard code == Z_OK else { throw Failure(code: code) }
    }

    deinit {
      _ = unsafe inflateEnd(stream)
      unsafe stream.deinitialize(count: 1)
      unsafe stream.deallocate()
    }

    func decode(_ bytes: [UInt8]) throws -> [UInt8] {
      var decoded: [UInt8] = []
      if bytes.isEmpty { return decoded }
      guard !isAtEnd else { throw Failure(code: Z_DATA_ERROR) }
      var code = Z_OK
      var window = [UInt8](repeating: 0, count: 64 * 1024)
      unsafe bytes.withUnsafeBufferPointer { bytes in
        unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
        unsafe stream.pointee.avail_in = uInt(bytes.count)
        repeat {
          let count = unsafe window.withUnsafeMutableBufferPointer { window in
            unsafe stream.pointee.next_out = window.baseAddress
            unsafe stream.pointee.avail_out = uInt(window.count)
            code = unsafe inflate(stream, Z_SYNC_FLUSH)
            return unsafe window.count - Int(stream.pointee.avail_out)
          }
          decoded += window.prefix(count)
        } while unsafe code == Z_OK && stream.pointee.avail_out == 0
      }
      isAtEnd = code == Z_STREAM_END
      let isDone = unsafe stream.pointee.avail_in == 0
      guard isDone, code == Z_OK || code == Z_BUF_ERROR || isAtEnd else {
        throw Failure(code: code)
      }
      return decoded
    }
  }
#endif
