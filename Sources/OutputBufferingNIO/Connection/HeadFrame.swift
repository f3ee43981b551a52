#if NIO
  import HTTPTypes
  import NIOCore
  import NIOHTTP2

  extension HTTPFields {
    /// The largest frame that every peer accepts, in bytes (RFC 9113 §6.5.2).
    private static var frameByteCount: Int { 16_384 }

    /// Whether the fields may be too long for a single HTTP/2 frame.
    ///
    /// HPACK encodes a byte in at most four (RFC 7541, appendix B).
    fileprivate var mayExceedFrame: Bool {
      var byteCount = 0
      for field in self {
        byteCount += field.name.canonicalName.utf8.count + field.value.utf8.count + 8
        if byteCount > Self.frameByteCount / 4 { return true }
      }
      return false
    }
  }

  extension ChannelHandlerContext {
    /// Returns a promise for writing fields that may not fit into one HTTP/2 frame.
    ///
    /// NIO sends a field section in a single frame. If the section is too long for the peer, NIO
    /// drops it after its HPACK encoder has already advanced: the content would follow without its
    /// head, and the client would misread later heads on the connection. In that case the
    /// connection is closed.
    ///
    /// - Parameters:
    ///   - fields: The fields.
    ///   - connection: The state shared by the connection's streams.
    ///   - promise: The caller's promise for the write.
    /// - Returns: The promise to pass to the write.
    func promise(
      sending fields: HTTPFields?, on connection: HTTP2ConnectionHandler?,
      answering promise: EventLoopPromise<Void>?
    ) -> EventLoopPromise<Void>? {
      guard let fields, fields.mayExceedFrame, let parent = channel.parent else { return promise }
      let written = self.promise(answering: promise)
      written.futureResult.assumeIsolated().whenFailure { error in
        guard error is NIOHTTP2Errors.UnableToSerializeFrame else { return }
        connection?.breakOff()
        parent.close(promise: nil)
      }
      return written
    }
  }
#endif
