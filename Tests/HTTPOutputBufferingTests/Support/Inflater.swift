import COutputBufferingZlib

/// A streaming decoder of gzip and zlib data, as a client has one: what it is given it decodes at once.
@safe
final class Inflater {
  enum Failure: Error, Equatable {
    case corrupt(Int32)
    case bytesAfterEnd(Int)
  }

  private let stream: UnsafeMutablePointer<z_stream>
  private var chunk = [UInt8](repeating: 0, count: 64 * 1024)
  /// Everything decoded so far.
  private(set) var output: [UInt8] = []
  /// Whether the end of the one member has been seen, its check values included.
  private(set) var isComplete = false

  init() {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    // 32 detects gzip (RFC 1952) and zlib (RFC 1950) by their headers.
    let code = unsafe inflateInit2_(
      stream, MAX_WBITS + 32, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(code == Z_OK)
  }

  deinit {
    _ = unsafe inflateEnd(stream)
    unsafe stream.deinitialize(count: 1)
    unsafe stream.deallocate()
  }

  func feed(_ bytes: some Sequence<UInt8>) throws {
    let input = Array(bytes)
    guard !input.isEmpty else { return }
    guard !isComplete else { throw Failure.bytesAfterEnd(input.count) }
    var failure: Failure?
    unsafe input.withUnsafeBufferPointer { input in
      unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
      unsafe stream.pointee.avail_in = uInt(input.count)
      repeat {
        let code = unsafe chunk.withUnsafeMutableBufferPointer { chunk in
          unsafe stream.pointee.next_out = chunk.baseAddress
          unsafe stream.pointee.avail_out = uInt(chunk.count)
          return unsafe inflate(stream, Z_SYNC_FLUSH)
        }
        output.append(contentsOf: chunk[..<(chunk.count - Int(unsafe stream.pointee.avail_out))])
        if code == Z_STREAM_END {
          isComplete = true
          let left = Int(unsafe stream.pointee.avail_in)
          if left > 0 { failure = .bytesAfterEnd(left) }
          return
        }
        guard code == Z_OK || code == Z_BUF_ERROR else {
          failure = .corrupt(code)
          return
        }
      } while unsafe stream.pointee.avail_in > 0 || stream.pointee.avail_out == 0
    }
    if let failure { throw failure }
  }
}
