import OutputBufferingTesting

/// A table of cases by adapters, followed by failures and by cases that can't be expressed.
struct ResultTable {
  var adapters: [String]
  /// The results of each adapter, with the cases in the same order.
  var columns: [[ConformanceResult]]

  var hasFailures: Bool { columns.joined().contains(where: \.isFailure) }

  var text: String {
    ([header] + rows + [""] + failures + reasons + totals).joined(separator: "\n")
  }

  private var cases: [ConformanceCase] { columns.first?.map(\.conformanceCase) ?? [] }

  private var titleWidth: Int { min(72, cases.map(\.description.count).max() ?? 0) }

  private var header: String {
    "".padded(to: titleWidth) + adapters.map { "  \($0)" }.joined()
  }

  private var rows: [String] {
    cases.indices.map { row in
      cases[row].description.padded(to: titleWidth)
        + zip(adapters, columns).map { adapter, column in
          "  " + column[row].sign.padded(to: adapter.count)
        }.joined()
    }
  }

  private var failures: [String] {
    columns.joined().compactMap { result in
      guard case .failed(let seen) = result.outcome else { return nil }
      let lines = seen.map { "    \($0)" }.joined(separator: "\n")
      let what = result.conformanceCase
      return "✗ \(result.adapter) \(what)\n    (\(what.why))\n\(lines)\n"
    }
  }

  /// One line for each reason, with the cases that it applies to.
  private var reasons: [String] {
    var order: [String] = []
    var cases: [String: [String]] = [:]
    for result in columns.joined() {
      guard case .cannotExpress(let reason) = result.outcome else { continue }
      let key = "– \(result.adapter): \(reason)"
      if cases[key] == nil { order.append(key) }
      cases[key, default: []].append(result.conformanceCase.id)
    }
    return order.map { "\($0)\n    \(cases[$0]?.joined(separator: " ") ?? "")" }
  }

  private var totals: [String] {
    [""]
      + zip(adapters, columns).map { adapter, column in
        let passed = column.count { $0.outcome == .passed }
        let failed = column.count(where: \.isFailure)
        return "\(adapter): \(passed) passed, \(failed) failed, "
          + "\(column.count - passed - failed) can't be expressed"
      }
  }
}

extension ConformanceResult {
  var isFailure: Bool { if case .failed = outcome { true } else { false } }

  var sign: String {
    switch outcome {
    case .passed: "✓"
    case .failed: "✗"
    case .cannotExpress: "–"
    }
  }
}

extension String {
  func padded(to width: Int) -> String {
    guard count < width else { return String(prefix(width)) }
    return self + String(repeating: " ", count: width - count)
  }
}
