#if FlyingFox
  import COutputBufferingZlib

  /// A streaming decoder of gzip, to judge responses with.
  @safe
  final class Inflater {
    struct Failure: Error {
      var code: Int32
    }

    private let stream: UnsafeMutablePointer<z_stream>
    private(set) var isAtEnd = false

    init() throws {
      let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
      unsafe stream.initialize(to: z_stream())
      unsafe self.stream = stream
      let size = unsafe Int32(MemoryLayout<z_stream>.size)
      // 16 asks for gzip and nothing else.
      let code = unsafe inflateInit2_(stream, MAX_WBITS + 16, ZLIB_VERSION, size)
      guard code == Z_OK else { throw Failure(code: code) }
    }

    deinit {
      _ = unsafe inflateEnd(stream)
      unsafe stream.deinitialize(count: 1)
      unsafe stream.deallocate()
    }

    /// All text that the bytes so far determine.
    func decode(_ bytes: [UInt8]) throws -> String {
      var decoded: [UInt8] = []
      if bytes.isEmpty { return "" }
      guard !isAtEnd else { throw Failure(code: Z_DATA_ERROR) }
      var input = bytes
      try unsafe input.withUnsafeMutableBufferPointer { input in
        unsafe stream.pointee.next_in = input.baseAddress
        unsafe stream.pointee.avail_in = uInt(input.count)
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
      return String(decoding: decoded, as: UTF8.self)
    }

    /// The text of a whole member.
    static func text(_ bytes: [UInt8]) throws -> String {
      let inflater = try Inflater()
      let text = try inflater.decode(bytes)
      guard inflater.isAtEnd else { throw Failure(code: Z_BUF_ERROR) }
      return text
    }
  }
#endif
