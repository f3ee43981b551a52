/// Decides from observations of a connection whether its client has stalled.
///
/// Make one when bytes are due that the transport doesn't take: from then on, and not for every response,
/// there is something to look at. Look every ``interval`` at what the client has acknowledged
/// (``TCPInformation``, or what the transport knows), and end the connection when
/// ``isStalled(hasProgressed:now:)`` says so: see ``ResponseSettings/stallLimit``.
public struct StallMeter: Sendable {
  /// How often to look: a stall is noticed within a quarter more than the limit.
  public let interval: Duration
  private let limit: Duration
  private var lastProgress: ContinuousClock.Instant

  /// Begins an observation.
  ///
  /// - Parameters:
  ///   - limit: How long a client may take nothing: see ``ResponseSettings/stallLimit``.
  ///   - now: The time.
  public init(limit: Duration, now: ContinuousClock.Instant) {
    self.limit = limit
    self.interval = max(limit / 4, .milliseconds(10)).boundedForSleep
    self.lastProgress = now
  }

  /// Records an observation.
  ///
  /// - Parameters:
  ///   - hasProgressed: Whether the client has taken something since the last one.
  ///   - now: The time.
  /// - Returns: Whether the client counts as gone.
  public mutating func isStalled(
    hasProgressed: Bool, now: ContinuousClock.Instant
  ) -> Bool {
    if hasProgressed { lastProgress = now }
    return now - lastProgress >= limit
  }
}

/// The client's progress in accepting bytes, as far as the transport knows.
package struct TransportProgress: Sendable, Equatable {
  /// The number of bytes that the client's system has acknowledged since the connection began; 0 if
  /// the local system doesn't tell.
  package var acknowledgedByteCount: UInt64
  /// The number of written bytes that the local system hasn't taken.
  package var unsentByteCount: Int

  /// Makes a reading.
  package init(acknowledgedByteCount: UInt64, unsentByteCount: Int) {
    self.acknowledgedByteCount = acknowledgedByteCount
    self.unsentByteCount = unsentByteCount
  }

  /// Whether the client has accepted bytes since an earlier reading.
  package func hasProgressed(since earlier: TransportProgress) -> Bool {
    acknowledgedByteCount != earlier.acknowledgedByteCount
      || unsentByteCount < earlier.unsentByteCount
  }
}

/// What the kernel knows of a TCP connection: the beginning of Linux's `struct tcp_info`, up to
/// `tcpi_bytes_acked` (RFC 4898 `tcpEStatsAppHCThruOctetsAcked`), which C libraries don't all declare.
public struct TCPInformation: Sendable {
  private typealias Words = (UInt64, UInt64, UInt64, UInt64, UInt64)
  private let before: (Words, Words, Words)
  /// Bytes that the peer has acknowledged.
  public let acknowledgedByteCount: UInt64

  /// The name of the socket option, at the level `IPPROTO_TCP`, whose value is one of these; nil on systems that
  /// have another one.
  public static var socketOption: Int32? {
    #if os(Linux) || os(Android)
      11
    #else
      nil
    #endif
  }

  /// Makes a value with nothing else in it, for `getsockopt` to fill.
  public init(acknowledgedByteCount: UInt64 = 0) {
    self.before = ((0, 0, 0, 0, 0), (0, 0, 0, 0, 0), (0, 0, 0, 0, 0))
    self.acknowledgedByteCount = acknowledgedByteCount
  }
}
