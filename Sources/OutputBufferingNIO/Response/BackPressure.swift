#if NIO
  package import NIOCore

  /// Suspends a writer before too many bytes wait in its channel.
  ///
  /// NIO's asynchronous writer suspends only once the event loop has noticed that the channel is
  /// full; until then it accepts everything. A regular round trip to the event loop keeps a body of
  /// any length within this window.
  package struct BackPressure {
    /// The number of bytes written between two round trips.
    private static let window = 256 * 1024

    private let channel: (any Channel)?
    private var byteCount = 0

    package init(channel: (any Channel)?) {
      self.channel = channel
    }

    /// Counts written bytes.
    package mutating func wrote(_ count: Int) async throws {
      byteCount += count
      guard byteCount >= Self.window, let channel else { return }
      byteCount = 0
      try await channel.eventLoop.submit {}.get()
    }
  }
#endif
