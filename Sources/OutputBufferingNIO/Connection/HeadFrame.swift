#if NIO
  import HTTPTypes
  import NIOCore
  import NIOHTTP2

  extension HTTPFields {
    /// The largest frame that every peer takes, in bytes (RFC 9113 §6.5.2).
    private static var frameByteCount: Int { 16_384 }

    /// Whether the fields may be too long for one frame of HTTP/2: coded by HPACK a byte takes at most four
    /// (RFC 7541, appendix B).
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
    /// A promise for fields that a stream of HTTP/2 sends, and that may not fit.
    ///
    /// NIO sends a field section in one frame. One that is too long for the peer it drops, when its HPACK
    /// encoder has gone on already: the content would follow without its head, and the next heads of the
    /// connection would mean something else to the client. The connection is closed then.
    ///
    /// - Parameters:
    ///   - fields: The fields.
    ///   - connection: What the streams of the connection have in common.
    ///   - promise: The promise of their write.
    /// - Returns: The promise to write them with.
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
