/// A client's connection to a server.
protocol WireConnection: AnyObject {
  /// When the server closed the connection, nil while it is open.
  var closedAt: ContinuousClock.Instant? { get }

  /// What came that belongs to no message.
  var strayByteCount: Int { get }

  /// Sends a request; the message that answers it fills as the connection is read.
  func send(_ request: WireRequest) throws -> WireMessage

  /// Sends several requests in one write.
  func send(_ requests: [WireRequest]) throws -> [WireMessage]

  /// Reads what is there, or waits for it; throws a ``WireFailure`` when nothing comes by the deadline.
  func read(by deadline: ContinuousClock.Instant) throws

  /// Gives the message up, in the way that is named.
  func leave(_ way: WireLeave, _ message: WireMessage) throws
}

/// How a client leaves in the middle of a response.
enum WireLeave: String, Decodable, Sendable {
  /// It closes its socket.
  case close
  /// It resets the connection, or the stream of HTTP/2.
  case reset
  /// It closes its sending side and goes on reading.
  case halfClose
}

extension WireConnection {
  /// Reads until the condition holds; false when it doesn't by the deadline or can't any more.
  func read(
    within limit: Duration, until condition: () -> Bool
  ) throws -> Bool {
    let deadline = ContinuousClock.now + limit
    while !condition() {
      if closedAt != nil { return condition() }
      do {
        try read(by: deadline)
      } catch let failure as WireFailure where failure.isTimeout {
        return condition()
      }
    }
    return true
  }
}
