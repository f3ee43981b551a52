/// Decides from observations of a connection whether its client has stalled.
///
/// Make a meter when the transport doesn't take bytes that are due; most responses never need one.
/// At each ``interval``, check what the client has acknowledged (``TCPInformation``, or the
/// transport's own knowledge), and end the connection if ``isStalled(hasProgressed:now:)`` returns
/// true: see ``ResponseSettings/stallLimit``.
public struct StallMeter: Sendable {
  /// The interval between observations; a stall is noticed within 1.25 times the limit.
  public let interval: Duration
  private let limit: Duration
  private var lastProgress: ContinuousClock.Instant

  /// Begins an observation.
  ///
  /// - Parameters:
  ///   - limit: The time for which a client may accept no bytes: see
  ///     ``ResponseSettings/stallLimit``.
  ///   - now: The current time.
  public init(limit: Duration, now: ContinuousClock.Instant) {
    self.limit = limit
    self.interval = max(limit / 4, .milliseconds(10)).boundedForSleep
    self.lastProgress = now
  }

  /// Records an observation.
  ///
  /// - Parameters:
  ///   - hasProgressed: Whether the client has accepted bytes since the last observation.
  ///   - now: The current time.
  /// - Returns: Whether the client counts as disconnected.
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

  /// Creates a reading.
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

/// The kernel's information about a TCP connection.
///
/// This is the beginning of Linux's `struct tcp_info`, up to `tcpi_bytes_acked` (RFC 4898
/// `tcpEStatsAppHCThruOctetsAcked`), which not all C libraries declare.
public struct TCPInformation: Sendable {
  private typealias Words = (UInt64, UInt64, UInt64, UInt64, UInt64)
  private let before: (Words, Words, Words)
  /// The number of bytes that the peer has acknowledged.
  public let acknowledgedByteCount: UInt64

  /// The socket option, at the level `IPPROTO_TCP`, whose value has this type; nil on systems with
  /// a different option.
  public static var socketOption: Int32? {
    #if os(Linux) || os(Android)
      11
    #else
      nil
    #endif
  }

  /// Creates a value in which all other fields are zero, for `getsockopt` to fill.
  public init(acknowledgedByteCount: UInt64 = 0) {
    self.before = ((0, 0, 0, 0, 0), (0, 0, 0, 0, 0), (0, 0, 0, 0, 0))
    self.acknowledgedByteCount = acknowledgedByteCount
  }
}
