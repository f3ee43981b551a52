extension HTTP1Connection {
  /// How long a response may take.
  package static let patience = Duration.seconds(10)

  /// Returns the text of a request's head.
  package static func request(
    _ target: String, method: String = "GET", version: String = "1.1",
    _ fields: [(String, String)] = []
  ) -> String {
    let lines = fields.map { "\($0.0): \($0.1)\r\n" }.joined()
    return "\(method) \(target) HTTP/\(version)\r\nHost: localhost\r\n\(lines)\r\n"
  }

  package func send(_ text: String) throws {
    try send(Array(text.utf8))
  }

  /// Sends a request and reads the whole response.
  package func exchange(
    _ target: String, method: String = "GET", version: String = "1.1",
    _ fields: [(String, String)] = []
  ) throws -> WireMessage {
    try send(Self.request(target, method: method, version: version, fields))
    return try readResponse(to: method)
  }

  /// Sends a request that accepts gzip and reads the whole response.
  package func gzipped(
    _ target: String, method: String = "GET", version: String = "1.1"
  ) throws -> WireMessage {
    try exchange(target, method: method, version: version, [("Accept-Encoding", "gzip")])
  }

  /// Reads the next response to what was sent as raw bytes, until it ends or the condition holds.
  ///
  /// - Throws: A ``WireFailure`` at the deadline and if the response violates a rule; a message that
  ///   ends early is returned.
  package func readResponse(
    to method: String = "GET", within limit: Duration = patience,
    until condition: (WireMessage) -> Bool = { _ in false }
  ) throws -> WireMessage {
    let message = try expectResponse(to: method)
    try read(message, within: limit, until: condition)
    return message
  }

  /// Reads more of a response.
  package func read(
    _ message: WireMessage, within limit: Duration = patience,
    until condition: (WireMessage) -> Bool = { _ in false }
  ) throws {
    let deadline = ContinuousClock.now + limit
    while message.end == nil, !condition(message) { try read(by: deadline) }
    guard isStrict, let violation = message.violations.first else { return }
    throw WireFailure(description: violation)
  }

  /// Whether nothing arrives during this time, neither bytes nor the end of the connection.
  package func isQuiet(for duration: Duration = .zero) throws -> Bool {
    guard strayByteCount == 0, closedAt == nil else { return false }
    do {
      try read(by: .now + duration)
      return false
    } catch let failure as WireFailure where failure.isTimeout {
      return true
    }
  }
}
