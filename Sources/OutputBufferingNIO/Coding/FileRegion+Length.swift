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

  extension FileRegion {
    /// Sees that the file has all of the region.
    ///
    /// NIO would ask the system again and again for bytes that are not there, on the event loop and without
    /// end. A file that shrinks while it is being sent is beyond this.
    ///
    /// - Throws: ``ResponseError/Code/declaredLengthNotReached``, or NIO's error when the handle is closed.
    func checkLength() throws {
      var status = stat()
      let result = try fileHandle.withUnsafeFileDescriptor { unsafe fstat($0, &status) }
      // What isn't a regular file has no length to compare with; sending it fails if it can't be sent.
      guard result == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size < endIndex else {
        return
      }
      throw ResponseError(
        code: .declaredLengthNotReached,
        message: "a file has \(status.st_size) bytes where its region ends at \(endIndex)")
    }
  }
#endif
