// What makes an operation throw, before it changes anything.
extension OutputStack where Sink: ~Copyable {
  /// The level of the innermost buffer, which has to allow the operation.
  func innermost(
    _ operation: OutputBufferError.Operation, requiring capability: OutputBufferCapabilities
  ) throws(OutputBufferError) -> Int {
    try refuseWhileOperating(operation)
    guard let level = buffers.indices.last else {
      throw OutputBufferError(code: .noBuffer, operation: operation)
    }
    try buffers[level].require(capability, for: operation, level: level)
    return level
  }

  /// Whether an operation may begin; one that may not, since a handler or the sink is running, is
  /// counted.
  func mayOperate() -> Bool {
    if isOperating { refusedOperationCount += 1 }
    return !isOperating
  }

  func refuseWhileOperating(
    _ operation: OutputBufferError.Operation
  ) throws(OutputBufferError) {
    guard mayOperate() else {
      throw OutputBufferError(code: .handlerIsRunning, operation: operation)
    }
  }
}

extension OutputBuffer {
  /// Throws where the buffer was started without the capability.
  func require(
    _ capability: OutputBufferCapabilities,
    for operation: OutputBufferError.Operation,
    level: Int
  ) throws(OutputBufferError) {
    guard !capabilities.isSuperset(of: capability) else { return }
    let code: OutputBufferError.Code =
      switch capability {
      case .flushable: .notFlushable
      case .cleanable: .notCleanable
      default: .notRemovable
      }
    throw OutputBufferError(
      code: code, operation: operation, handlerName: handlerName, level: level)
  }
}
