extension ConformanceCase.Record {
  /// Returns how the record of a request differs from the expected one.
  func violations(by record: JSONValue) -> [String] {
    let marks = record["marks"]?.object ?? [:]
    var seen: [String] = []
    func check<Value: Equatable>(_ what: String, _ actual: Value?, _ expected: Value?) {
      if let expected, actual != expected {
        seen.append("\(what) is \(actual, default: "nothing"), not \(expected)")
      }
    }
    check("status", record["status"]?.string, status)
    check("reason", record["decision"]?["reason"]?.string, reason)
    check("coding", record["decision"]?["coding"]?.string, coding)
    check("bytesDiscarded", record["bytesDiscarded"]?.int, bytesDiscarded)
    check("ended", record["ended"]?.bool, ended)
    if let minimum = minimumBytesDiscarded, (record["bytesDiscarded"]?.int ?? 0) < minimum {
      seen.append("bytesDiscarded is \(record["bytesDiscarded"]?.int ?? 0), at least \(minimum)")
    }
    if let outcomes {
      let errors = (record["outcomes"]?.array ?? []).map { outcome in
        ("\(outcome["op"]?.int ?? -1)", outcome["error"]?.string ?? "")
      }
      check("outcomes", Dictionary(errors) { first, _ in first }, outcomes)
    }
    for key in (self.marks ?? []) + (order ?? []) where marks[key] == nil {
      seen.append("no mark \(key)")
    }
    for key in absent ?? [] where marks[key] != nil { seen.append("mark \(key)") }
    let times = (order ?? []).compactMap { marks[$0]?["ms"]?.double }
    if times != times.sorted() { seen.append("marks \(order ?? []) at \(times)") }
    for (key, status) in statusAt ?? [:] {
      check("status at \(key)", marks[key]?["status"]?.string, status)
    }
    for (key, isCancelled) in cancelledAt ?? [:] {
      check("cancelled at \(key)", marks[key]?["cancelled"]?.bool, isCancelled)
    }
    return seen
  }
}
