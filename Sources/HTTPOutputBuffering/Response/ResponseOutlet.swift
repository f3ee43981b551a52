/// The outlet from which an adapter takes a response, one output after the other.
///
/// One task at a time, and always the same connection's, does this:
///
/// 1. Ask for the ``next(reusing:)`` event. To ask says that the transport has taken the output before, and
///    lets the handler go on: that is all the back-pressure there is.
/// 2. Send the output in the order of its properties, as ``ResponseOutput`` describes.
/// 3. Where it has the ``ResponseOutput/end``, don't ask again: ``acknowledge()`` when the transport has taken
///    all of it. `finish()` returns to the handler then, and not before. Until the next request comes, go on
///    telling of the client: a response to HEAD ends before its handler does.
/// 4. Wait for ``ResponseExchange/released()``, then read the connection's next request, or close it where
///    ``ResponseOutput/closesConnection`` says so.
///
/// A write that fails is a client that left: call ``ResponseExchange/disconnected()``, and ask on or drop the
/// outlet. From the first head on, name what ends a write that the client doesn't take by
/// ``ResponseExchange/onBreakOff(_:)``.
///
/// The outlet can't be copied, so that only one task takes output. If it is destroyed before the
/// end is acknowledged, its client counts as disconnected, so that no handler waits for an adapter
/// that has failed.
public struct ResponseOutlet: ~Copyable, Sendable {
  /// What tells the response of its client, from any task or thread.
  public let exchange: ResponseExchange
  private var isOpen = true
  /// What learns that the response is one of ``ResponseBuffering``, once it has a head.
  var mark: ResponseMark?

  init(_ exchange: ResponseExchange) {
    self.exchange = exchange
  }

  /// Waits for the next event; the transport has taken the previous output.
  ///
  /// After output with an end, after a failure and after an abort there is nothing more to wait for. The
  /// caller's cancellation doesn't end the wait: where it means that the client is gone, call
  /// ``ResponseExchange/disconnected()`` in a cancellation handler.
  ///
  /// - Parameter storage: The storage of the last output, to reuse for the next one.
  /// - Returns: The next event.
  public mutating func next(
    reusing storage: consuming ContiguousArray<UInt8> = []
  ) async -> ResponseExchange.Event {
    closed(by: await exchange.next(reusing: storage))
  }

  /// Returns the next event if it is ready.
  package mutating func nextIfReady() -> ResponseExchange.Event? {
    exchange.nextIfReady().map { closed(by: $0) }
  }

  private mutating func closed(by event: ResponseExchange.Event) -> ResponseExchange.Event {
    switch event {
    case .output(let output): if output.head != nil { mark.take()?.markBuffered() }
    case .failed: isOpen = false
    case .aborted: break
    }
    return event
  }

  /// The transport has taken the last output, with the end.
  ///
  /// Without an end it does nothing. A server that writes the end by itself, and says nothing of it, calls this
  /// when it has let the response go.
  public mutating func acknowledge() {
    exchange.acknowledge()
  }

  /// Leaves it to other holders of the exchange to acknowledge the end.
  package mutating func handOver() {
    isOpen = false
  }

  deinit {
    if isOpen { exchange.abandoned() }
  }
}
