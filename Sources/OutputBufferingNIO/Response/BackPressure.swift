#if NIO
  package import NIOCore

  /// Makes NIO's back-pressure reach the writer in time.
  ///
  /// NIO's asynchronous writer suspends only once the event loop has seen that the channel is full; until
  /// then it takes whatever it is given. One round trip to the event loop every so often keeps a body of
  /// any length within this window.
  package struct BackPressure {
    private static let window = 256 * 1024

    private let channel: (any Channel)?
    private var byteCount = 0

    package init(channel: (any Channel)?) {
      self.channel = channel
    }

    /// Counts bytes that were written.
    package mutating func wrote(_ count: Int) async throws {
      byteCount += count
      guard byteCount >= Self.window, let channel else { return }
      byteCount = 0
      try await channel.eventLoop.submit {}.get()
    }
  }
#endif
