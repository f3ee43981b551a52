#if NIO
  import HTTPOutputBuffering
  import NIOCore
  import NIOHTTP2

  /// What has become of a stream's content, as far as its connection knows.
  ///
  /// A stream sends as far as its client's windows go (RFC 9113 §5.2), that of the stream and that of the
  /// connection, and the connection as far as TCP's does. A client that gives one stream no window while others
  /// proceed has stalled it. One that is slow hasn't, although few of many streams have their turn at a time.
  struct StreamProgress {
    private let stream: HTTP2StreamID
    private weak var handler: HTTP2ConnectionHandler?
    private let connection: any Channel
    private var lastFrame: Int?
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
      let seen = (lastFrame, frameCount, transport)
      transport = connection.isWritable ? nil : connection.progress
      if let turns = handler?.turns {
        lastFrame = turns.lastFrame(of: stream)
        frameCount = turns.frameCount
        if lastFrame != seen.0 { return true }
        // The stream is waiting for its turn.
        if frameCount != seen.1, !turns.hasPassedOver(stream) { return true }
      }
      guard let transport, let before = seen.2 else { return false }
      return transport.hasProgressed(since: before)
    }
  }
#endif
