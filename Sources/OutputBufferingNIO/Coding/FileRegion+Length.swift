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
    /// Ensures that the file contains the whole region.
    ///
    /// Otherwise NIO would endlessly ask the system for missing bytes, on the event loop. A file
    /// that shrinks while it is sent isn't detected.
    ///
    /// - Throws: ``ResponseError/Code/declaredLengthNotReached``, or NIO's error if the handle is
    ///   closed.
    func checkLength() throws {
      var status = stat()
      let result = try fileHandle.withUnsafeFileDescriptor { unsafe fstat($0, &status) }
      // Only a regular file has a length to compare with; sending anything else fails if it can't
      // be sent.
      guard result == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size < endIndex else {
        return
      }
      throw ResponseError(
        code: .declaredLengthNotReached,
        message: "the file has \(status.st_size) bytes, but its region ends at byte \(endIndex)")
    }
  }
#endif
