/// The destination of the outermost buffer's output.
///
/// A sink corresponds to PHP's SAPI: the response of a server, a file, a test's recorder. An
/// ``OutputStack`` owns its sink and calls it synchronously. Sinks may be noncopyable.
///
/// The stack refuses calls from its own sink as it does from handlers; see ``OutputStack``. The
/// sink can't access the stack's ``OutputStack/sink`` property during a call, because of exclusive
/// access.
public protocol OutputSink: ~Copyable {
  /// Writes bytes that leave the stack.
  ///
  /// - Parameter bytes: The bytes, never empty, and valid only for the duration of the call.
  mutating func write(_ bytes: Span<UInt8>)

  /// Writes bytes that leave the stack, together with their storage.
  ///
  /// Bytes that leave a buffer arrive here; bytes written while no buffer is open arrive at
  /// ``write(_:)``. Both have the same meaning. A sink that keeps bytes can take the storage
  /// instead of copying it, and may leave other storage in its place. The default implementation
  /// calls ``write(_:)``.
  ///
  /// - Parameter storage: The bytes, never empty. The stack discards the contents on return and
  ///   reuses the capacity for later writes.
  mutating func write(taking storage: inout ContiguousArray<UInt8>)

  /// Sends everything that the sink itself holds back.
  ///
  /// Mirrors the SAPI's part of PHP's `flush()`. The stack calls it for
  /// ``OutputStack/flushSink()``, and after every write while
  /// ``OutputStack/isImplicitFlushEnabled`` is set.
  mutating func flush()

  /// Reports that an output handler has thrown, before anything else is written.
  ///
  /// Use it for logs and counters: the stack has already decided what happens to the bytes. Mirrors
  /// the warning that PHP issues for a callback that throws. The default implementation ignores
  /// failures.
  ///
  /// - Parameter failure: The handler that failed, with its error.
  mutating func handlerFailed(_ failure: OutputHandlerFailure)
}

extension OutputSink where Self: ~Copyable {
  /// Writes the bytes as a span and leaves the storage for reuse.
  public mutating func write(taking storage: inout ContiguousArray<UInt8>) {
    write(storage.span)
  }

  /// Ignores the failure.
  public mutating func handlerFailed(_ failure: OutputHandlerFailure) {}
}
