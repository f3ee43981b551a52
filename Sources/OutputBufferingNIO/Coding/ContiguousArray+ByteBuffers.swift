#if NIO
  package import HTTPOutputBuffering
  package import NIOCore

  extension ResponseSettings {
    /// The settings with limits such that what is held of a body fits into one of NIO's buffers.
    package var limitedToBuffers: ResponseSettings {
      let longest = ContiguousArray<UInt8>.maximumBufferByteCount
      var limited = self
      limited.maximumBufferedBytes = min(maximumBufferedBytes, longest)
      limited.maximumWholeBytes = min(maximumWholeBytes, longest)
      return limited
    }
  }

  extension ContiguousArray<UInt8> {
    /// NIO's buffers end at 4 GiB, and end the process beyond: a body in memory may be longer.
    package static var maximumBufferByteCount: Int { 1 << 30 }

    /// The bytes in buffers that NIO can hold; none for no bytes.
    ///
    /// - Parameters:
    ///   - byteCount: The length of a buffer, in bytes.
    ///   - body: Takes each buffer.
    package func forEachBuffer(
      upTo byteCount: Int = maximumBufferByteCount, _ body: (ByteBuffer) -> Void
    ) {
      var position = 0
      while let buffer = buffer(from: &position, upTo: byteCount) { body(buffer) }
    }

    /// Takes the next bytes in a buffer that NIO can hold.
    ///
    /// - Parameters:
    ///   - position: Where they begin; moved to where the next ones do.
    ///   - byteCount: The length of a buffer, in bytes.
    /// - Returns: The bytes; nil at the end.
    package func buffer(
      from position: inout Int, upTo byteCount: Int = maximumBufferByteCount
    ) -> ByteBuffer? {
      guard position < count else { return nil }
      let end = position + Swift.min(byteCount, count - position)
      defer { position = end }
      // The whole at once is copied as one.
      return end - position == count
        ? ByteBuffer(bytes: self) : ByteBuffer(bytes: self[position..<end])
    }
  }
#endif
