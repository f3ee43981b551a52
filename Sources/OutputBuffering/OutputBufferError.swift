/// An operation that the stack refused without changing anything.
public struct OutputBufferError: Error, Sendable, Hashable {
  /// Why the operation was refused.
  public var code: Code

  /// The refused operation.
  public var operation: Operation

  /// The name of the handler of the buffer that refused, or nil if no buffer was involved.
  public var handlerName: String?

  /// The level of the buffer that refused, 0 being the outermost, or nil if no buffer was involved.
  public var level: Int?

  /// Creates an error.
  ///
  /// - Parameters:
  ///   - code: Why the operation was refused.
  ///   - operation: The refused operation.
  ///   - handlerName: The name of the handler of the buffer that refused.
  ///   - level: The level of the buffer that refused, 0 being the outermost.
  public init(code: Code, operation: Operation, handlerName: String? = nil, level: Int? = nil) {
    self.code = code
    self.operation = operation
    self.handlerName = handlerName
    self.level = level
  }

  /// A description of the refusal, with the operation and the buffer.
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
