#if NIO
  import HTTPOutputBuffering
  import NIOCore
  import NIOHTTP2

  /// What has become of a stream's content, as far as its connection knows.
  ///
  /// A stream sends as far as its client's windows go (RFC 9113 §5.2), and the connection as far as TCP's
  /// does. While the connection takes frames, only those of the stream itself are progress: a client that
  /// gives one stream no window while others proceed has stalled it.
  struct StreamProgress {
    private let stream: HTTP2StreamID
    private weak var handler: HTTP2ConnectionHandler?
    private let connection: any Channel
    private var frameCount = 0
    /// Set while the connection itself takes nothing.
    private var transport: TransportProgress?

    init(of stream: HTTP2StreamID, on connection: any Channel, _ handler: HTTP2ConnectionHandler) {
      self.stream = stream
      self.connection = connection
      self.handler = handler
    }

    /// Whether something was taken since this was asked last.
    mutating func hasProgressed() -> Bool {
      let seen = (frameCount, transport)
      frameCount = handler?.contentFrameCount(of: stream) ?? 0
      transport = connection.isWritable ? nil : connection.progress
      if frameCount != seen.0 { return true }
      guard let transport, let before = seen.1 else { return false }
      return transport.hasProgressed(since: before)
    }
  }
#endif
