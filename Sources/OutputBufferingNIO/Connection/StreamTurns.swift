#if NIO
  import NIOHTTP2

  /// The content frames that a connection's streams send while one stream's client is watched.
  ///
  /// NIO serves the streams that have both data and window in turn (RFC 9113 §5.2). A stream that
  /// sends nothing may have no window, or may be waiting for its turn on a slow connection. The two
  /// cases can be told apart: no other stream sends twice while a stream that could send waits.
  struct StreamTurns {
    /// The maximum number of remembered streams, far above what a connection has at a time.
    private static let maximumStreamCount = 1024

    /// The number of frames sent.
    private(set) var frameCount = 0
    /// The number of each stream's last frame.
    private var lastFrames: [HTTP2StreamID: Int] = [:]
    /// The latest frame whose stream has since sent another one.
    private var lastFrameOfRound = 0
    /// For each watched stream, the number of its last frame, or of the last frame before the
    /// watch.
    private var watched: [HTTP2StreamID: Int] = [:]

    /// Whether no stream is watched.
    var isIdle: Bool { watched.isEmpty }

    mutating func watch(_ stream: HTTP2StreamID) {
      watched[stream] = frameCount
    }

    mutating func unwatch(_ stream: HTTP2StreamID) {
      watched[stream] = nil
      if watched.isEmpty { lastFrames = [:] }
    }

    /// Records that a stream has sent a frame.
    mutating func sent(_ stream: HTTP2StreamID) {
      guard !isIdle else { return }
      frameCount += 1
      if let earlier = lastFrames.updateValue(frameCount, forKey: stream) {
        lastFrameOfRound = max(lastFrameOfRound, earlier)
      } else if lastFrames.count > Self.maximumStreamCount {
        // Drop old entries; streams that have ended send no more.
        let oldest = frameCount - Self.maximumStreamCount / 2
        lastFrames = lastFrames.filter { $0.value > oldest }
      }
      if watched[stream] != nil { watched[stream] = frameCount }
    }

    /// The number of the last frame of a watched stream; nil if it isn't watched.
    func lastFrame(of stream: HTTP2StreamID) -> Int? { watched[stream] }

    /// Whether another stream has had two turns since the watched one had its last.
    func hasPassedOver(_ stream: HTTP2StreamID) -> Bool {
      watched[stream].map { $0 < lastFrameOfRound } ?? false
    }
  }
#endif
