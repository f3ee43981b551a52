extension OutputBuffer {
  /// What is known about the buffer, which does not know its level itself.
  func status(level: Int) -> OutputBufferStatus {
    OutputBufferStatus(
      handlerName: handlerName,
      level: level,
      chunkSize: chunkSize,
      length: bytes.count,
      capabilities: capabilities,
      isStarted: progress.contains(.started),
      isDisabled: progress.contains(.disabled),
      isProcessed: progress.contains(.processed),
      hasHandler: hasHandler,
      failurePolicy: failurePolicy
    )
  }
}
