/// What is known about one open buffer.
///
/// Mirrors an entry of PHP's `ob_get_status()`.
public struct OutputBufferStatus: Sendable, Hashable {
  /// The name of the handler, or ``defaultHandlerName`` without one.
  public var handlerName: String

  /// The index in the stack, 0 being the outermost buffer.
  public var level: Int

  /// The length in bytes from which on a write empties the buffer; 0 is unlimited.
  public var chunkSize: Int

  /// The number of bytes that the handler has not seen yet.
  public var length = 0

  /// What may be done to the buffer.
  public var capabilities: OutputBufferCapabilities

  /// Whether the buffer has been emptied at least once, by a full chunk, a flush or a clean.
  public var isStarted = false

  /// Whether the handler has failed: ``failurePolicy`` says what becomes of the output since.
  public var isDisabled = false

  /// Whether the handler has succeeded at least once.
  public var isProcessed = false

  /// Whether there is a handler, or the buffer only accumulates.
  public var hasHandler: Bool

  /// What the buffer does with its bytes once its handler has failed.
  public var failurePolicy: OutputFailurePolicy

  /// The name of a buffer without handler, as in PHP.
  public static let defaultHandlerName = "default output handler"
}
