#if Hummingbird
  extension RawClient {
    /// The text of a request's head.
    static func request(
      _ path: String, method: String = "GET", version: String = "1.1",
      _ fields: [(String, String)] = []
    ) -> String {
      let lines = fields.map { "\($0.0): \($0.1)\r\n" }.joined()
      return "\(method) \(path) HTTP/\(version)\r\nHost: localhost\r\n\(lines)\r\n"
    }

    /// Sends a request and reads the whole response.
    func exchange(
      _ path: String, method: String = "GET", version: String = "1.1",
      _ fields: [(String, String)] = []
    ) throws -> WireResponse {
      try send(Self.request(path, method: method, version: version, fields))
      return try readResponse(to: method)
    }

    /// Sends a request that accepts gzip and reads the whole response.
    func gzipped(_ path: String, method: String = "GET", version: String = "1.1") throws
      -> WireResponse
    {
      try exchange(path, method: method, version: version, [("Accept-Encoding", "gzip")])
    }

    /// Reads until the message ends, breaks, or the condition holds.
    ///
    /// A message that ends early is returned as such; a framing error throws.
    func readResponse(
      to method: String = "GET", within limit: Duration = patience,
      until condition: (WireResponse) -> Bool = { _ in false }
    ) throws -> WireResponse {
      var response = WireResponse(method: method)
      try read(on: &response, within: limit, until: condition)
      return response
    }

    /// Reads more.
    func read(
      on response: inout WireResponse, within limit: Duration = patience,
      until condition: (WireResponse) -> Bool = { _ in false }
    ) throws {
      let deadline = ContinuousClock.now + limit
      if !rest.isEmpty { try feed(&response) }
      while !response.hasEnded && !condition(response) {
        switch try receive(by: deadline) {
        case .bytes(let bytes):
          rest += bytes
          try feed(&response)
        case .end:
          try response.connectionEnded(isReset: false)
        case .reset:
          try response.connectionEnded(isReset: true)
        }
      }
    }

    private func feed(_ response: inout WireResponse) throws {
      let bytes = rest
      rest = []
      rest = Array(try response.feed(bytes))
    }

    /// Waits for the server's FIN and returns any bytes that arrive before it, of which none are
    /// expected.
    ///
    /// - Returns: When it arrived, whether it was a reset, and the bytes before it.
    func waitForEnd(
      within limit: Duration = patience
    ) throws -> (at: ContinuousClock.Instant, isReset: Bool, late: [UInt8]) {
      let deadline = ContinuousClock.now + limit
      var late = rest
      rest = []
      while true {
        switch try receive(by: deadline) {
        case .bytes(let bytes): late += bytes
        case .end: return (.now, false, late)
        case .reset: return (.now, true, late)
        }
      }
    }

    /// Whether nothing arrives while the server has time to answer another client.
    func isHeld() throws -> Bool {
      let other = try RawClient(port: port)
      for _ in 0..<10 where try other.exchange("/next").text != "next" { return false }
      return lateBytes(for: .zero).isEmpty
    }

    /// Returns bytes that arrive, although none should, during this time.
    func lateBytes(for duration: Duration) -> [UInt8] {
      let deadline = ContinuousClock.now + duration
      var late = rest
      rest = []
      while case .bytes(let bytes)? = try? receive(by: deadline) { late += bytes }
      return late
    }
  }

  extension ContinuousClock.Instant {
    /// The time since an instant.
    var elapsed: Duration { ContinuousClock.now - self }
  }
#endif
