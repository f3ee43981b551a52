#if NIO
  import HTTPOutputBuffering
  import NIOCore
  import NIOHTTP2

  /// The progress of a stream's content, as far as its connection knows it.
  ///
  /// A stream sends as far as the client's stream and connection windows allow (RFC 9113 §5.2), and
  /// the connection as far as TCP's window does. A client that gives one stream no window while
  /// others proceed has stalled that stream. A slow client hasn't, although only a few of its many
  /// streams get a turn at a time.
  struct StreamProgress {
    private let stream: HTTP2StreamID
    private weak var handler: HTTP2ConnectionHandler?
    private let connection: any Channel
    private var lastFrame: Int?
    private var frameCount = 0
    /// The transport's progress, while the connection itself takes nothing.
    private var transport: TransportProgress?

    init(of stream: HTTP2StreamID, on connection: any Channel, _ handler: HTTP2ConnectionHandler) {
      self.stream = stream
      self.connection = connection
      self.handler = handler
    }

    /// Whether the client has taken anything since the last call.
    mutating func hasProgressed() -> Bool {
      let seen = (lastFrame, frameCount, transport)
      transport = connection.isWritable ? nil : connection.progress
      if let turns = handler?.turns {
        lastFrame = turns.lastFrame(of: stream)
        frameCount = turns.frameCount
        if lastFrame != seen.0 { return true }
        // The stream waits for its turn.
        if frameCount != seen.1, !turns.hasPassedOver(stream) { return true }
      }
      guard let transport, let before = seen.2 else { return false }
      return transport.hasProgressed(since: before)
    }
  }
#endif
