/// The status of one open buffer.
///
/// Mirrors an entry of PHP's `ob_get_status()`.
public struct OutputBufferStatus: Sendable, Hashable {
  /// The name of the handler, or ``defaultHandlerName`` if there is none.
  public var handlerName: String

  /// The index in the stack, 0 being the outermost buffer.
  public var level: Int

  /// The length, in bytes, at which a write empties the buffer; 0 is unlimited.
  public var chunkSize: Int

  /// The number of bytes that the handler hasn't processed yet.
  public var length = 0

  /// The operations that the buffer allows.
  public var capabilities: OutputBufferCapabilities

  /// Whether a full chunk, a flush or a clean has emptied the buffer at least once.
  public var isStarted = false

  /// Whether the handler has failed; ``failurePolicy`` determines what happens to later output.
  public var isDisabled = false

  /// Whether the handler has succeeded at least once.
  public var isProcessed = false

  /// Whether there is a handler; without one the buffer only accumulates.
  public var hasHandler: Bool

  /// What the buffer does with its bytes once its handler has failed.
  public var failurePolicy: OutputFailurePolicy

  /// The name of a buffer without a handler, as in PHP.
  public static let defaultHandlerName = "default output handler"
}
