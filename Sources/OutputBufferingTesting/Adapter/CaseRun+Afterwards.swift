// The checks after the messages.
extension CaseRun {
  /// Checks that the response to HEAD has the length of the response to GET, or none (RFC 9110
  /// §8.6).
  func checkLengths(_ messages: [WireMessage]) {
    for (exchange, message) in zip(conformanceCase.exchanges, messages) {
      guard let number = exchange.expect.lengthAs, messages.indices.contains(number - 1),
        let length = message.head?["content-length"]
      else { continue }
      let other = messages[number - 1].head?["content-length"]
      if length != other {
        fail("Content-Length \(length), that of GET is \(other, default: "none")")
      }
    }
  }

  /// Checks that the connection is closed if it should be, and otherwise has no stray bytes.
  func checkConnection(
    _ connection: any WireConnection, last message: WireMessage?,
    _ exchange: ConformanceCase.Exchange?
  ) throws {
    guard let message, let exchange, failures.isEmpty else { return }
    if connection.strayByteCount > 0 {
      fail("\(connection.strayByteCount) bytes after the message")
    }
    let announcesClose = message.head?.members("connection").contains("close") == true
    if exchange.expect.closes ?? announcesClose {
      guard try connection.read(within: Self.patience, until: { connection.closedAt != nil }) else {
        return fail("the connection isn't closed")
      }
      check(
        "the end of the connection", took: (connection.closedAt ?? .now) - message.sentAt,
        atMost: exchange.expect.closedMs)
      return
    }
    guard conformanceCase.probes, message.isComplete || isHTTP2, message.head?.status != 101,
      connection.closedAt == nil
    else {
      if exchange.expect.closes == false, connection.closedAt != nil {
        fail("the connection is closed")
      }
      return
    }
    guard exchange.request.version == "1.1" else { return }
    try probe(connection)
  }

  /// Requests one more response, which shows that the connection is synchronized and free.
  private func probe(_ connection: any WireConnection) throws {
    let next = try connection.send(WireRequest(target: "/stats"))
    guard try connection.read(within: Self.patience, until: { next.end != nil }), next.isComplete,
      next.head?.status == 200, next.text.contains("liveCoders")
    else {
      return fail("the connection doesn't serve the next request")
    }
    let handlerIsAtWork = conformanceCase.exchanges.contains { $0.expect.completeMs != nil }
    check("the next request", took: .now - next.sentAt, atMost: handlerIsAtWork ? 100 : nil)
  }

  func checkRecords() throws {
    let expected = conformanceCase.exchanges.map(\.expect.record)
    guard failures.isEmpty, expected.contains(where: { $0 != nil }) else { return }
    let deadline = ContinuousClock.now + Self.recordPatience
    while true {
      let records = try side.records().suffix(expected.count)
      let seen = violations(of: expected, by: Array(records))
      if seen.isEmpty { return }
      guard ContinuousClock.now < deadline else {
        for text in seen { fail(text) }
        return
      }
      sleep(5)
    }
  }

  private func violations(
    of expected: [ConformanceCase.Record?], by records: [JSONValue]
  ) -> [String] {
    guard records.count == expected.count else {
      return ["\(records.count) records of \(expected.count) requests"]
    }
    // Handlers of concurrent streams begin in any order.
    if isHTTP2, conformanceCase.order == .together,
      Self.canAssign(records, to: expected.compactMap(\.self)[...])
    {
      return []
    }
    return zip(expected, records).flatMap { $0?.violations(by: $1) ?? [] }
  }

  private static func canAssign(
    _ records: [JSONValue], to expected: ArraySlice<ConformanceCase.Record>
  ) -> Bool {
    guard let first = expected.first else { return true }
    return records.indices.contains { index in
      guard first.violations(by: records[index]).isEmpty else { return false }
      var others = records
      others.remove(at: index)
      return canAssign(others, to: expected.dropFirst())
    }
  }

  func checkStats() throws {
    guard failures.isEmpty, !conformanceCase.stats.isEmpty else { return }
    try eventually("stats \(conformanceCase.stats)", since: .now, nil) {
      let stats = try side.stats()
      return conformanceCase.stats.allSatisfy { stats[$0.key]?.int == $0.value }
    }
  }
}
