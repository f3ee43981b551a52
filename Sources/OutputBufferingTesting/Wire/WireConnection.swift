/// A client's connection to a server.
protocol WireConnection: AnyObject {
  /// When the server closed the connection; nil while it is open.
  var closedAt: ContinuousClock.Instant? { get }

  /// The number of bytes that belong to no message.
  var strayByteCount: Int { get }

  /// Sends a request and returns the message for its response, which fills as the connection is
  /// read.
  func send(_ request: WireRequest) throws -> WireMessage

  /// Sends several requests in one write.
  func send(_ requests: [WireRequest]) throws -> [WireMessage]

  /// Reads available bytes, or waits for some; throws a ``WireFailure`` if none arrive by the
  /// deadline.
  func read(by deadline: ContinuousClock.Instant) throws

  /// Abandons the message in the given way.
  func leave(_ way: WireLeave, _ message: WireMessage) throws
}

/// How a client leaves in the middle of a response.
package enum WireLeave: String, Decodable, Sendable {
  /// It closes its socket.
  case close
  /// It resets the connection or, over HTTP/2, the stream.
  case reset
  /// It closes its sending side and continues to read.
  case halfClose
}

extension WireConnection {
  /// Reads until the condition holds; false if it doesn't by the deadline or no longer can.
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
