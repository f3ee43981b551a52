import HTTPContentCoding
import Metrics
import Synchronization

/// The counters of all responses of one ``ResponseBuffering``.
///
/// `docs/operations.md` describes each label.
final class ResponseMetrics: Sendable {
  private let bytesIn = Counter(label: "output_buffering_bytes_in")
  private let bytesOut = Counter(label: "output_buffering_bytes_out")
  private let bytesDiscarded = Counter(label: "output_buffering_bytes_discarded")
  private let earlyFinishes = Counter(label: "output_buffering_early_finishes")
  private let handlerFailures = Counter(label: "output_buffering_handler_failures")
  private let aborted = Counter(
    label: "output_buffering_aborted", dimensions: [("status", "aborted")])
  private let timedOut = Counter(
    label: "output_buffering_aborted", dimensions: [("status", "timedOut")])
  private let failed = Counter(
    label: "output_buffering_aborted", dimensions: [("status", "failed")])
  private let lowered = Counter(label: "output_buffering_lowered_responses")
  // A list: few keys occur, and comparing them takes less time than hashing one.
  private let decisions = Mutex<[(key: DecisionKey, counter: Counter)]>([])

  /// The outcome of a response.
  enum Outcome {
    case finished, aborted, timedOut, failed

    init(_ status: ConnectionStatus) {
      switch status.kind {
      case .open, .inputClosed, .finished: self = .finished
      case .aborted: self = .aborted
      case .timedOut: self = .timedOut
      }
    }
  }

  private struct DecisionKey: Equatable {
    var coding: ContentCoding
    var reason: ContentCodingDecision.Reason
  }

  func sent(_ byteCount: Int) {
    bytesOut.increment(by: byteCount.countable)
  }

  func handlerFailed() {
    handlerFailures.increment()
  }

  func finishedEarly() {
    earlyFinishes.increment()
  }

  func ended(_ machine: borrowing ResponseMachine, _ outcome: Outcome) {
    bytesIn.increment(by: machine.byteCountIn.countable)
    let discarded = machine.discardedByteCount.countable
    if discarded > 0 { bytesDiscarded.increment(by: discarded) }
    if let decision = machine.decision {
      counter(for: decision).increment()
      if machine.isCodingLowered, decision.coding != nil { lowered.increment() }
    }
    switch outcome {
    case .finished: break
    case .aborted: aborted.increment()
    case .timedOut: timedOut.increment()
    case .failed: failed.increment()
    }
  }

  /// Counts a response whose body is sent unchanged.
  func passed(_ commit: HeadCommit, bodyByteCount: Int?) {
    if case .counted = commit.content, let byteCount = bodyByteCount?.countable {
      bytesIn.increment(by: byteCount)
      bytesOut.increment(by: byteCount)
    }
    if let decision = commit.decision { counter(for: decision).increment() }
  }

  private func counter(for decision: ContentCodingDecision) -> Counter {
    let key = DecisionKey(coding: decision.coding ?? .identity, reason: decision.reason)
    return decisions.withLock { counters in
      if let known = counters.first(where: { $0.key == key }) { return known.counter }
      let counter = Counter(
        label: "output_buffering_responses",
        dimensions: [("coding", "\(key.coding)"), ("reason", "\(key.reason)")])
      counters.append((key, counter))
      return counter
    }
  }
}

extension Int {
  /// The number, or 0 if it is negative or above a petabyte, so that a counter can add it up.
  ///
  /// A declared length may be any number.
  fileprivate var countable: Int { (0...(1 << 50)).contains(self) ? self : 0 }
}
