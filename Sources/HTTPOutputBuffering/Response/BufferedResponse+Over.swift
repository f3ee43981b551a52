extension BufferedResponse {
  /// What is known of a response that was over with its head.
  struct Over {
    /// How long a handler may go on writing, once it has been told, until it is cancelled.
    static let patience = Duration.seconds(1)

    /// Bytes that had no place in the message when it was over.
    var discardedByteCount: Int
    /// When the handler was told that no one reads.
    var told: ContinuousClock.Instant?
  }

  /// What is known of a response that was over with its head, until it is finished.
  var over: Over? {
    get { if case .over(let over) = phase { over } else { nil } }
    set { if case .over = phase, let newValue { phase = .over(newValue) } }
  }

  /// Tells a handler that goes on writing after a head that was all of the response.
  ///
  /// One that doesn't listen, and that no server may ever cancel, is treated as if its client had left.
  ///
  /// - Throws: ``ResponseError/Code/disconnected`` where a disconnect isn't ignored.
  func checkReader() throws(ResponseError) {
    guard let over, !exchange.ignoresDisconnect else { return }
    let now = ContinuousClock.now
    self.over?.told = over.told ?? now
    self.over?.discardedByteCount = discardedByteCount
    if let told = over.told, now - told > Over.patience { exchange.disconnected() }
    throw .noReader
  }

  /// Finishes a response that was over with its head.
  ///
  /// Where its client has left, it doesn't become finished.
  func finishOver() {
    if exchange.finish() { phase = .finished }
  }
}
