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

  /// Takes the bytes of one write that leaves the stack, together with their storage.
  ///
  /// What leaves a buffer comes here, what is written while none is open goes to ``write(_:)``; both
  /// mean the same. A sink that keeps bytes takes the storage instead of a copy, and leaves other
  /// storage in its place if it has any to spare. Without this method the bytes are written as a span.
  ///
  /// - Parameter storage: What leaves the stack, never empty. What it holds on return is dropped, and
  ///   its capacity used for later writes.
  mutating func write(taking storage: inout ContiguousArray<UInt8>)

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
  /// Writes the bytes as a span, and leaves the storage for reuse.
  public mutating func write(taking storage: inout ContiguousArray<UInt8>) {
    write(storage.span)
  }

  /// Ignores the failure.
  public mutating func handlerFailed(_ failure: OutputHandlerFailure) {}
}
