/// What becomes of a buffer's bytes on their way out.
///
/// Mirrors the callback of PHP's `ob_start()`. A handler is invoked when its buffer reaches its
/// chunk size, is flushed, cleaned or ended, also when the buffer is empty at that moment, and
/// always gets everything that has accumulated since the invocation before. It keeps its own state
/// from one invocation to the next.
///
/// ## Implementation requirements
///
/// - A handler that holds bytes back forgets them on ``OutputPhase/clean`` and hands them out on
///   ``OutputPhase/final``.
/// - It expects ``OutputPhase/start`` together with any other phase: the first invocation may be a
///   clean or the last one.
/// - It does not reach for the stack it runs in. Writes made from inside it are discarded and
///   operations refused, see ``OutputStack``.
public protocol OutputHandler {
  /// The handler's name in a buffer's status and in errors.
  var name: String { get }

  /// Turns what the buffer holds into what is passed on.
  ///
  /// Appending nothing consumes the input: that is no failure. On ``OutputPhase/clean`` whatever is
  /// appended is dropped.
  ///
  /// - Parameters:
  ///   - input: Everything that has accumulated in the buffer; may be empty.
  ///   - phase: Why the handler is invoked.
  ///   - output: Empty storage; what is appended to it is passed on.
  /// - Throws: Any error, for PHP's `return false`: what was appended is dropped, the buffer is
  ///   disabled, and the handler is never invoked again. The input (not on ``OutputPhase/clean``)
  ///   and all further output pass on unchanged, or are discarded where the buffer was started with
  ///   ``OutputFailurePolicy/discard``. The error goes to ``OutputSink/handlerFailed(_:)`` and no
  ///   further.
  mutating func process(
    _ input: Span<UInt8>, phase: OutputPhase, into output: inout ContiguousArray<UInt8>
  ) throws
}

extension ContiguousArray where Element == UInt8 {
  /// Appends the bytes of a span, as output handlers do.
  ///
  /// - Parameter bytes: The bytes to copy to the end of the array.
  /// - Complexity: O(n) in the number of bytes.
  public mutating func append(copying bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }
}
