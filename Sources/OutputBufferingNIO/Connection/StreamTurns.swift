#if NIO
  import NIOHTTP2

  /// The frames of content that the streams of a connection send, while the client of one is watched.
  ///
  /// NIO serves the streams in turn that have something to send and a window for it (RFC 9113 §5.2). That a
  /// stream sends nothing may mean that its client gives it no window, or that its turn hasn't come on a
  /// connection whose client is slow. They can be told apart: no stream that could send is passed over by
  /// another one that sends twice.
  struct StreamTurns {
    /// The most streams that are remembered; far more than a connection has at a time.
    private static let maximumStreamCount = 1024

    /// How many frames were sent.
    private(set) var frameCount = 0
    /// The number of each stream's last frame.
    private var lastFrames: [HTTP2StreamID: Int] = [:]
    /// The latest frame behind which its stream has sent another one.
    private var lastFrameOfRound = 0
    /// The number of the last frame of each stream that is watched, or of the last one before it was.
    private var watched: [HTTP2StreamID: Int] = [:]

    /// Whether there is nothing to count for.
    var isIdle: Bool { watched.isEmpty }

    mutating func watch(_ stream: HTTP2StreamID) {
      watched[stream] = frameCount
    }

    mutating func unwatch(_ stream: HTTP2StreamID) {
      watched[stream] = nil
      if watched.isEmpty { lastFrames = [:] }
    }

    /// A stream has sent a frame.
    mutating func sent(_ stream: HTTP2StreamID) {
      guard !isIdle else { return }
      frameCount += 1
      if let earlier = lastFrames.updateValue(frameCount, forKey: stream) {
        lastFrameOfRound = max(lastFrameOfRound, earlier)
      } else if lastFrames.count > Self.maximumStreamCount {
        // Streams that have ended send no more.
        let oldest = frameCount - Self.maximumStreamCount / 2
        lastFrames = lastFrames.filter { $0.value > oldest }
      }
      if watched[stream] != nil { watched[stream] = frameCount }
    }

    /// The number of the last frame of a stream that is watched; nil where it isn't.
    func lastFrame(of stream: HTTP2StreamID) -> Int? { watched[stream] }

    /// Whether another stream has had two turns since a watched one had its last.
    func hasPassedOver(_ stream: HTTP2StreamID) -> Bool {
      watched[stream].map { $0 < lastFrameOfRound } ?? false
    }
  }
#endif
