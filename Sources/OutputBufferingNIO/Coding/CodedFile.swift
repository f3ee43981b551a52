#if NIO
  #if canImport(Darwin)
    import Darwin
  #elseif canImport(Musl)
    import Musl
  #else
    import Glibc
  #endif
  import HTTPOutputBuffering
  import NIOCore
  import NIOPosix

  /// A file region that is read in order to be coded.
  ///
  /// It has its own handles, so the application may read or close its own meanwhile.
  final class CodedFile {
    private let handle: NIOFileHandle
    /// A second handle, since a handle takes only one call at a time.
    private let secondHandle: NIOFileHandle
    private var position: Int
    private let begin: Int
    private let end: Int

    /// - Throws: NIO's error if the handle can't be duplicated.
    init(_ region: FileRegion) throws {
      handle = try region.fileHandle.duplicate()
      do {
        secondHandle = try region.fileHandle.duplicate()
      } catch {
        try? handle.close()
        throw error
      }
      begin = region.readerIndex
      position = begin
      end = region.endIndex
    }

    deinit {
      try? handle.close()
      try? secondHandle.close()
    }

    /// The number of bytes left to be read.
    var readableBytes: Int { end - position }

    /// Reads the next bytes, off the event loop.
    ///
    /// - Parameters:
    ///   - limit: The maximum number of bytes.
    ///   - eventLoop: The event loop that delivers the result.
    ///   - allocator: Allocates the buffer.
    ///   - action: Receives the bytes, without those that ``readNow(upTo:)`` has read meanwhile.
    func read(
      upTo limit: Int, on eventLoop: any EventLoop, allocator: ByteBufferAllocator,
      _ action: @escaping (Result<ByteBuffer, any Error>) -> Void
    ) {
      let first = position
      let region = FileRegion(
        fileHandle: handle, readerIndex: first, endIndex: min(first + limit, end))
      NonBlockingFileIO(threadPool: .singleton)
        .read(fileRegion: region, allocator: allocator, eventLoop: eventLoop)
        .assumeIsolated().whenComplete { [self] result in
          action(
            result.flatMap { bytes in
              // The file has become shorter.
              guard bytes.readableBytes > 0 else { return .failure(truncation) }
              var bytes = bytes
              bytes.moveReaderIndex(forwardBy: min(position - first, bytes.readableBytes))
              position += bytes.readableBytes
              return .success(bytes)
            })
        }
    }

    /// Reads the next few bytes at once, on the event loop.
    ///
    /// The bytes are usually in the page cache, so this rarely blocks the event loop.
    ///
    /// - Parameter limit: The maximum number of bytes.
    /// - Returns: The bytes.
    /// - Throws: The system's error, or ``ResponseError/Code/declaredLengthNotReached`` if the file
    ///   has become shorter.
    func readNow(upTo limit: Int) throws -> ByteBuffer {
      let count = min(limit, readableBytes)
      var bytes = ByteBuffer()
      let readCount = try secondHandle.withUnsafeFileDescriptor { descriptor in
        try unsafe bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { space in
          let readCount = unsafe pread(descriptor, space.baseAddress, count, off_t(position))
          guard readCount >= 0 else { throw IOError(errnoCode: errno, reason: "pread") }
          return readCount
        }
      }
      guard readCount > 0 || count == 0 else { throw truncation }
      position += readCount
      return bytes
    }

    private var truncation: ResponseError {
      ResponseError(
        code: .declaredLengthNotReached,
        message:
          "the file ended after \(position - begin) of the \(end - begin) bytes of its region")
    }
  }

  @available(*, unavailable)
  extension CodedFile: Sendable {}
#endif
