/// An operation that the stack has refused, with nothing changed.
public struct OutputBufferError: Error, Sendable, Hashable {
  /// Why the operation was refused.
  public var code: Code

  /// What was asked for.
  public var operation: Operation

  /// The handler's name of the buffer that refused, or nil where no buffer was involved.
  public var handlerName: String?

  /// The level of the buffer that refused, 0 being the outermost, or nil where no buffer was
  /// involved.
  public var level: Int?

  /// Creates an error.
  ///
  /// - Parameters:
  ///   - code: Why the operation was refused.
  ///   - operation: What was asked for.
  ///   - handlerName: The handler's name of the buffer that refused.
  ///   - level: The level of the buffer that refused, 0 being the outermost.
  public init(code: Code, operation: Operation, handlerName: String? = nil, level: Int? = nil) {
    self.code = code
    self.operation = operation
    self.handlerName = handlerName
    self.level = level
  }

  /// The refusal in words, with the operation and the buffer.
  public var message: String {
    var message = "\(operation): \(code.reason)"
    if let handlerName { message += ": \(handlerName)" }
    if let level { message += " (level \(level))" }
    return message
  }
}

extension OutputBufferError: CustomStringConvertible {
  /// The same as ``message``.
  public var description: String { message }
}
