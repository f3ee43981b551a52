/// Where the output of the outermost buffer goes.
///
/// A sink stands for what PHP calls the SAPI: the response of a server, a file, a test's recorder.
/// An ``OutputStack`` owns its sink and calls it synchronously. Sinks may be noncopyable.
///
/// A sink that calls the stack that owns it is refused like a handler would be, see
/// ``OutputStack``; only the stack's ``OutputStack/sink`` itself is out of its reach, by the law of
/// exclusivity.
public protocol OutputSink: ~Copyable {
  /// Takes the bytes of one write that leaves the stack.
  ///
  /// - Parameter bytes: What leaves the stack, never empty, and valid only for the duration of the
  ///   call.
  mutating func write(_ bytes: Span<UInt8>)

  /// Sends on whatever the sink itself holds back.
  ///
  /// Mirrors the SAPI's part of PHP's `flush()`. The stack calls it for
  /// ``OutputStack/flushSink()``, and after every write while
  /// ``OutputStack/isImplicitFlushEnabled`` is set.
  mutating func flush()

  /// Learns that an output handler has thrown, before anything else is written.
  ///
  /// For logs and counters: the stack has already decided what becomes of the bytes. Mirrors the
  /// warning that PHP gives for a callback that throws. A sink without this method ignores
  /// failures.
  ///
  /// - Parameter failure: Which handler failed and why.
  mutating func handlerFailed(_ failure: OutputHandlerFailure)
}

extension OutputSink where Self: ~Copyable {
  /// Ignores the failure.
  public mutating func handlerFailed(_ failure: OutputHandlerFailure) {}
}
