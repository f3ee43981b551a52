/// The outlet from which an adapter takes a response, one output after the other.
///
/// A connection takes its response in these steps, from one task at a time:
///
/// 1. Ask for the ``next(reusing:)`` event. Asking acknowledges that the transport has taken the
///    previous output and lets the handler continue, which provides the back-pressure.
/// 2. Send the output in the order of its properties, as ``ResponseOutput`` describes.
/// 3. If the output has the ``ResponseOutput/end``, don't ask again: call ``acknowledge()`` when the
///    transport has taken all of it, which lets the handler's `finish()` return. Report the client's
///    status until the next request arrives, since a response to HEAD ends before its handler does.
/// 4. Wait for ``ResponseExchange/released()``, then read the connection's next request, or close
///    the connection if ``ResponseOutput/closesConnection`` is true.
///
/// A failing write means that the client has left: call ``ResponseExchange/disconnected()``, and
/// then ask for the next event or drop the outlet. From the first head on, set a closure that ends
/// a pending write with ``ResponseExchange/onBreakOff(_:)``.
///
/// The outlet can't be copied, so that only one task takes output. If it is destroyed before the
/// end is acknowledged, its client counts as disconnected, so that no handler waits for an adapter
/// that has failed.
public struct ResponseOutlet: ~Copyable, Sendable {
  /// The exchange, to which any task or thread can report the client's status.
  public let exchange: ResponseExchange
  private var isOpen = true
  /// The mark that records, once the response has a head, that ``ResponseBuffering`` made it.
  var mark: MiddlewareState?

  init(_ exchange: ResponseExchange) {
    self.exchange = exchange
  }

  /// Waits for the next event; the transport has taken the previous output.
  ///
  /// After output with an end, a failure or an abort, no more events follow. Cancelling the caller
  /// doesn't end the wait: if cancellation means that the client has left, call
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

  /// Acknowledges that the transport has taken the last output, with the end.
  ///
  /// Without an end, the call has no effect. If a server writes the end itself without reporting
  /// it, call this when the server has released the response.
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
