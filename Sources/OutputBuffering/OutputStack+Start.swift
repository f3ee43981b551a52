extension OutputStack where Sink: ~Copyable {
  /// Opens a buffer, which becomes the innermost one.
  ///
  /// Mirrors `ob_start()`. The handler is not invoked yet.
  ///
  /// - Parameters:
  ///   - handler: What becomes of the bytes on their way out; nil passes them as they are.
  ///   - chunkSize: The length in bytes from which on a write empties the buffer through its
  ///     handler; 0 and negative numbers are unlimited.
  ///   - capabilities: What may be done to the buffer.
  ///   - failurePolicy: What becomes of the buffer's bytes once the handler has failed.
  public func start(
    handler: (any OutputHandler)? = nil,
    chunkSize: Int = 0,
    capabilities: OutputBufferCapabilities = .standard,
    whenHandlerFails failurePolicy: OutputFailurePolicy = .passThrough
  ) {
    guard mayOperate() else { return }
    // One operation like any other: the handler is asked for its name, and may have captured the
    // stack.
    operate {
      let buffer = OutputBuffer(
        identifier: nextIdentifier,
        handler: handler,
        chunkSize: chunkSize,
        capabilities: capabilities,
        failurePolicy: failurePolicy,
        storage: storages.take()
      )
      nextIdentifier += 1
      buffers.append(buffer)
    }
  }

  /// Opens a buffer with a closure as its handler.
  ///
  /// Mirrors `ob_start()` with a callback.
  ///
  /// - Parameters:
  ///   - name: The handler's name in the buffer's status and in errors.
  ///   - chunkSize: The length in bytes from which on a write empties the buffer through its
  ///     handler; 0 and negative numbers are unlimited.
  ///   - capabilities: What may be done to the buffer.
  ///   - failurePolicy: What becomes of the buffer's bytes once the handler has failed.
  ///   - process: Appends to its last argument what is passed on; throws to fail, see
  ///     ``OutputHandler/process(_:phase:into:)``.
  public func start(
    named name: String,
    chunkSize: Int = 0,
    capabilities: OutputBufferCapabilities = .standard,
    whenHandlerFails failurePolicy: OutputFailurePolicy = .passThrough,
    _ process: @escaping ClosureOutputHandler.Process
  ) {
    start(
      handler: ClosureOutputHandler(name: name, process),
      chunkSize: chunkSize,
      capabilities: capabilities,
      whenHandlerFails: failurePolicy
    )
  }
}
