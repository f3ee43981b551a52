extension BufferedResponse {
  /// The state of a response whose committed head is the whole response.
  ///
  /// A reference, for the reason that ``Waiter`` gives: it stores a point in time.
  final class Over {
    /// The time for which a handler may continue to write after its first error, before it is
    /// cancelled.
    static let patience = Duration.seconds(1)

    /// The number of discarded bytes when the handler last got the error, or at the commit.
    var discardedByteCount: Int
    /// The time at which the handler first got the error.
    var told: ContinuousClock.Instant?

    init(discardedByteCount: Int) {
      self.discardedByteCount = discardedByteCount
    }
  }

  /// The state of a response whose head is the whole response, until it is finished.
  var over: Over? {
    if case .over(let over) = phase { over } else { nil }
  }

  /// Throws if the handler continues to write after a head that is the whole response.
  ///
  /// A handler that ignores the error, and that the server might never cancel, is treated as if its
  /// client had left.
  ///
  /// - Throws: ``ResponseError/Code/disconnected`` unless a disconnect is ignored.
  func checkReader() throws(ResponseError) {
    guard let over, !exchange.ignoresDisconnect else { return }
    over.discardedByteCount = discardedByteCount
    let now = ContinuousClock.now
    if let told = over.told {
      if now - told > Over.patience { exchange.disconnected() }
    } else {
      over.told = now
    }
    throw .headOnly
  }

  /// Finishes a response whose head is the whole response.
  ///
  /// If its client has left, the response doesn't become finished.
  func finishOver() {
    if exchange.finish() { phase = .finished }
  }
}
