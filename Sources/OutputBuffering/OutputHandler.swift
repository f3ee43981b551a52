/// Transforms a buffer's bytes on their way out.
///
/// Mirrors the callback of PHP's `ob_start()`. The stack invokes a handler when its buffer reaches
/// its chunk size, or is flushed, cleaned or ended, even if the buffer is empty. Each invocation
/// receives everything that has accumulated since the previous one. A handler keeps its own state
/// between invocations.
///
/// ## Implementation requirements
///
/// - A handler that holds bytes back discards them on ``OutputPhase/clean`` and passes them on at
///   ``OutputPhase/final``.
/// - It accepts ``OutputPhase/start`` together with any other phase: the first invocation may be a
///   clean or the last one.
/// - It doesn't use the stack that runs it. Its writes to that stack are discarded and other
///   operations refused; see ``OutputStack``.
public protocol OutputHandler {
  /// The handler's name in a buffer's status and in errors.
  var name: String { get }

  /// Turns the buffer's bytes into the bytes to pass on.
  ///
  /// Appending nothing consumes the input and isn't a failure. On ``OutputPhase/clean`` the output
  /// is discarded.
  ///
  /// - Parameters:
  ///   - input: All bytes that have accumulated in the buffer; may be empty.
  ///   - phase: Why the handler is invoked.
  ///   - output: Empty storage for the bytes to pass on.
  /// - Throws: Any error, like PHP's `return false`: the output is discarded, the buffer is
  ///   disabled, and the handler is never invoked again. The input (except on
  ///   ``OutputPhase/clean``) and all further output pass on unchanged, or are discarded if the
  ///   buffer was started with ``OutputFailurePolicy/discard``. The stack passes the error to
  ///   ``OutputSink/handlerFailed(_:)`` and doesn't rethrow it.
  mutating func process(
    _ input: Span<UInt8>, phase: OutputPhase, into output: inout ContiguousArray<UInt8>
  ) throws
}

extension ContiguousArray where Element == UInt8 {
  /// Appends a copy of a span's bytes.
  ///
  /// - Parameter bytes: The bytes to append.
  /// - Complexity: O(n) in the number of bytes.
  public mutating func append(copying bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }
}
