/// A stack of output buffers over a sink.
///
/// Mirrors PHP's output control, with the stack a value that is passed along instead of a global.
/// What is written goes to the innermost buffer; what that buffer gives up goes through its
/// handler to the next one outwards, and what leaves the outermost buffer goes to the sink, one
/// sink write for each. Without a buffer a write goes straight to the sink.
///
/// Buffers that are still open when the owner is done are not ended by themselves: call
/// ``endAll()``, or ``discardAll()``, or use the scoped form
/// `withBuffer(handler:chunkSize:capabilities:_:)`.
///
/// Storage is reused: once warmed up, a write into an open buffer allocates nothing, and a started
/// buffer takes over the storage of one that was ended. The stack keeps at most eight spare
/// storages of at most 64 KiB each.
///
/// ## Calls from inside a handler or the sink
///
/// A handler gets bytes, not the stack, so it has nothing to call. One that has captured the stack
/// all the same can do no harm, at whatever depth: looking (level, contents, status) works and
/// shows the buffer that is being processed with its input, and every operation is refused. A
/// refused operation changes nothing and is counted in ``refusedOperationCount``; one that can
/// throw throws ``OutputBufferError/Code/handlerIsRunning`` as well, and the bytes of a refused
/// write are counted in ``discardedByteCount``. The same holds inside the sink.
public final class OutputStack<Sink: OutputSink & ~Copyable> {
  var buffers: [OutputBuffer] = []
  var storages = StorageFreeList()

  /// Set while an operation is under way, so that what it runs cannot start another one.
  var isOperating = false
  var nextIdentifier: UInt64 = 0

  /// Whether the sink is flushed after every write into it.
  ///
  /// Mirrors PHP's `ob_implicit_flush()`. Buffers are not affected, and switching it on flushes
  /// nothing.
  public var isImplicitFlushEnabled = false

  /// The number of bytes that the stack has discarded: written from inside a handler or the sink, or
  /// in a buffer that was started with ``OutputFailurePolicy/discard`` and whose handler failed.
  public internal(set) var discardedByteCount = 0

  /// The number of operations, writes included, that were refused because a handler or the sink was
  /// running.
  public internal(set) var refusedOperationCount = 0

  // The last property: all others keep an offset that does not depend on the type of the sink.
  /// Where the output of the outermost buffer goes.
  ///
  /// The owner may read and change it in place; writing into it directly passes all buffers by.
  public var sink: Sink

  /// Creates a stack without buffers.
  ///
  /// - Parameter sink: Where the output of the outermost buffer goes.
  public init(sink: consuming Sink) {
    self.sink = sink
  }
}

@available(*, unavailable)
extension OutputStack: Sendable where Sink: ~Copyable {}
