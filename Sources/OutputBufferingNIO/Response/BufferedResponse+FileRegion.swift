#if NIO
  public import HTTPOutputBuffering
  public import NIOCore
  import NIOPosix

  extension BufferedResponse {
    /// Writes a part of a file (PHP: `readfile()`).
    ///
    /// The region goes out by `sendfile` if nothing needs its bytes: no output buffer is open, the
    /// response isn't coded, the connection sends file regions, and the region is longer than
    /// `ResponseSettings.maximumBufferedBytes`. Otherwise it is read in pieces, off the event loop,
    /// and written like other bytes. The response doesn't know the length of what follows: declare
    /// a `Content-Length` for a file that is the whole body.
    ///
    /// - Parameter region: The region to write. You may close its handle when this method returns
    ///   or throws.
    /// - Throws: The errors of `write(_:)` for bytes, and NIO's error if the file can't be read. A
    ///   file that ends before its region throws `ResponseError.Code.declaredLengthNotReached`.
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
