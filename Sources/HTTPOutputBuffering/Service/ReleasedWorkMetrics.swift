import Metrics

/// Counts the outcomes of work that responses have registered, each work item once.
final class ReleasedWorkMetrics: Sendable {
  /// The outcome of a work item.
  enum Outcome: String, CaseIterable {
    case done, failed, timedOut, cancelled, kept
  }

  private let counters = Dictionary(
    uniqueKeysWithValues: Outcome.allCases.map { outcome in
      (
        outcome,
        Counter(
          label: "output_buffering_after_release_works",
          dimensions: [("outcome", outcome.rawValue)])
      )
    })

  func count(_ outcome: Outcome, _ count: Int = 1) {
    if count > 0 { counters[outcome]?.increment(by: count) }
  }
}
