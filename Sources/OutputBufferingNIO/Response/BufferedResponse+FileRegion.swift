#if NIO
  public import HTTPOutputBuffering
  public import NIOCore
  import NIOPosix

  extension BufferedResponse {
    /// Writes a part of a file (PHP: `readfile()`).
    ///
    /// Where nothing has to see its bytes it goes out by `sendfile`: no buffer is open, the response isn't
    /// coded, the connection says that it sends file regions, and the region is longer than
    /// `ResponseSettings.maximumBufferedBytes`. Elsewhere it is read in pieces, off the event loop, and
    /// written as bytes are. The length of what follows isn't known to the response: declare a
    /// `Content-Length` for a file that is the whole body.
    ///
    /// - Parameter region: Where the bytes are; its handle may be closed when this returns or throws.
    /// - Throws: As `write(_:)` of bytes, and NIO's error when the file can't be read. A file that ends
    ///   before its region is `ResponseError.Code.declaredLengthNotReached`.
    public func write(_ region: FileRegion) async throws {
      try await writeFile(RegionFile(region: region))
    }
  }

  /// A region of NIO's as the response sees it.
  struct RegionFile: ResponseFile {
    let region: FileRegion

    var byteCount: Int { region.readableBytes }

    func check() throws { try region.checkLength() }

    func read(from offset: Int, upTo limit: Int) async throws -> ContiguousArray<UInt8> {
      let begin = region.readerIndex + offset
      let slice = FileRegion(
        fileHandle: region.fileHandle, readerIndex: begin,
        endIndex: min(begin + limit, region.endIndex))
      let bytes = try await NonBlockingFileIO(threadPool: .singleton)
        .read(fileRegion: slice, allocator: ByteBufferAllocator())
      return ContiguousArray(bytes.readableBytesView)
    }
  }
#endif
