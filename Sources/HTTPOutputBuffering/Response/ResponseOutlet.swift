/// Where an adapter takes a response, one output after the other.
///
/// Ask for the ``next(reusing:)`` output when the transport has taken the last one, and ``acknowledge()`` the one
/// that has the end.
///
/// It can't be copied: there is one that asks. Where it goes away before it has acknowledged the end, its
/// client counts as gone, so that no handler waits for an adapter that has failed or forgotten it.
public struct ResponseOutlet: ~Copyable, Sendable {
  /// What tells the response of its client, from any task.
  public let exchange: ResponseExchange
  private var isOpen = true

  init(_ exchange: ResponseExchange) {
    self.exchange = exchange
  }

  /// Waits for what is to be done next; the transport has taken what was given before.
  ///
  /// After output with an end, after a failure and after an abort there is nothing more to wait for.
  ///
  /// - Parameter storage: The storage of the last output, given back for the next one.
  /// - Returns: What is to be done.
  public mutating func next(
    reusing storage: consuming ContiguousArray<UInt8> = []
  ) async -> ResponseExchange.Event {
    closed(by: await exchange.next(reusing: storage))
  }

  /// What is to be done next, where that needn't be waited for.
  package mutating func nextIfReady() -> ResponseExchange.Event? {
    exchange.nextIfReady().map { closed(by: $0) }
  }

  private mutating func closed(by event: ResponseExchange.Event) -> ResponseExchange.Event {
    if case .failed = event { isOpen = false }
    return event
  }

  /// The transport has taken the last output, with the end.
  public mutating func acknowledge() {
    exchange.acknowledge()
  }

  /// Leaves it to others, which have the exchange, to acknowledge the end.
  package mutating func handOver() {
    isOpen = false
  }

  deinit {
    if isOpen { exchange.abandoned() }
  }
}
