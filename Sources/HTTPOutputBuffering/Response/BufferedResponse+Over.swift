extension BufferedResponse {
  /// The state of a response whose committed head is the whole response.
  struct Over {
    /// The time for which a handler may continue to write after its first error, before it is
    /// cancelled.
    static let patience = Duration.seconds(1)

    /// The number of discarded bytes when the handler last got the error, or at the commit.
    var discardedByteCount: Int
    /// The time at which the handler first got the error.
    var told: ContinuousClock.Instant?
  }

  /// The state of a response whose head is the whole response, until it is finished.
  var over: Over? {
    get { if case .over(let over) = phase { over } else { nil } }
    set { if case .over = phase, let newValue { phase = .over(newValue) } }
  }

  /// Throws if the handler continues to write after a head that is the whole response.
  ///
  /// A handler that ignores the error, and that the server might never cancel, is treated as if its
  /// client had left.
  ///
  /// - Throws: ``ResponseError/Code/disconnected`` unless a disconnect is ignored.
  func checkReader() throws(ResponseError) {
    guard let over, !exchange.ignoresDisconnect else { return }
    let now = ContinuousClock.now
    self.over?.told = over.told ?? now
    self.over?.discardedByteCount = discardedByteCount
    if let told = over.told, now - told > Over.patience { exchange.disconnected() }
    throw .headOnly
  }

  /// Finishes a response whose head is the whole response.
  ///
  /// If its client has left, the response doesn't become finished.
  func finishOver() {
    if exchange.finish() { phase = .finished }
  }
}
