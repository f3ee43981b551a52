#if NIO
  package import HTTPOutputBuffering
  package import NIOCore

  extension ResponseSettings {
    /// The settings with limits lowered so that a held body fits into one of NIO's buffers.
    package var limitedToBuffers: ResponseSettings {
      let longest = ContiguousArray<UInt8>.maximumBufferByteCount
      var limited = self
      limited.maximumBufferedBytes = min(maximumBufferedBytes, longest)
      limited.maximumWholeBytes = min(maximumWholeBytes, longest)
      return limited
    }
  }

  extension ContiguousArray<UInt8> {
    /// The maximum length of a buffer, in bytes.
    ///
    /// NIO's buffers trap beyond 4 GiB, and a body in memory may be longer.
    package static var maximumBufferByteCount: Int { 1 << 30 }

    /// Passes the bytes on in buffers that NIO can hold; no buffer if there are no bytes.
    ///
    /// - Parameters:
    ///   - byteCount: The length of a buffer, in bytes.
    ///   - body: Receives each buffer.
    package func forEachBuffer(
      upTo byteCount: Int = maximumBufferByteCount, _ body: (ByteBuffer) -> Void
    ) {
      var position = 0
      while let buffer = buffer(from: &position, upTo: byteCount) { body(buffer) }
    }

    /// Returns the next bytes in a buffer that NIO can hold.
    ///
    /// - Parameters:
    ///   - position: The start of the bytes; advanced to their end.
    ///   - byteCount: The length of a buffer, in bytes.
    /// - Returns: The bytes; nil at the end.
    package func buffer(
      from position: inout Int, upTo byteCount: Int = maximumBufferByteCount
    ) -> ByteBuffer? {
      guard position < count else { return nil }
      let end = position + Swift.min(byteCount, count - position)
      defer { position = end }
      // Copying the whole array is a single operation.
      return end - position == count
        ? ByteBuffer(bytes: self) : ByteBuffer(bytes: self[position..<end])
    }
  }
#endif
