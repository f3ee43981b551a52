extension OutputStack where Sink: ~Copyable {
  /// Writes a string as UTF-8 into the innermost buffer, or into the sink if none is open.
  ///
  /// Mirrors `echo`. It makes `print(…, to:)` work with a stack.
  ///
  /// - Parameter string: The string, which is copied only into a buffer.
  /// - Complexity: Amortized O(n) in the number of bytes, plus the handlers of full chunks.
  public func write(_ string: String) {
    write(string.utf8)
  }

  /// Writes bytes in one write into the innermost buffer, or into the sink if none is open.
  ///
  /// Mirrors `echo`.
  ///
  /// - Parameter bytes: The bytes; a sequence without contiguous storage is collected first, so
  ///   that it counts as one write.
  /// - Complexity: Amortized O(n) in the number of bytes, plus the handlers of full chunks.
  @inlinable
  public func write(_ bytes: some Sequence<UInt8>) {
    let written: Void? = bytes.withContiguousStorageIfAvailable {
      write(unsafe Span(_unsafeElements: $0))
    }
    if written == nil {
      write(ContiguousArray(bytes).span)
    }
  }

  /// Opens a buffer with a closure as its handler.
  ///
  /// Mirrors `ob_start()` with a callback.
  ///
  /// - Parameters:
  ///   - name: The handler's name in the buffer's status and in errors.
  ///   - chunkSize: The length, in bytes, at which a write empties the buffer through its handler;
  ///     0 and negative numbers are unlimited.
  ///   - capabilities: The operations that the buffer allows.
  ///   - failurePolicy: What the buffer does with its bytes after its handler has failed.
  ///   - process: Appends the bytes to pass on to its last argument; throws to fail, see
  ///     ``OutputHandler/process(_:phase:into:)``.
  public func start(
    named name: String,
    chunkSize: Int = 0,
    capabilities: OutputBufferCapabilities = .standard,
    whenHandlerFails failurePolicy: OutputFailurePolicy = .passThrough,
    _ process: @escaping ClosureOutputHandler.Process
  ) {
    start(
      handler: ClosureOutputHandler(name: name, process), chunkSize: chunkSize,
      capabilities: capabilities, whenHandlerFails: failurePolicy)
  }

  /// Calls the body with a buffer that is open during the call.
  ///
  /// On return the buffer is ended and sent, as is every buffer that the body has started and left
  /// open, innermost first. If the body throws, they are all discarded. This ignores the buffers'
  /// capabilities. The body may end the buffer itself: buffers that were open before the call
  /// aren't affected.
  ///
  /// - Parameters:
  ///   - handler: Transforms the bytes on their way out; nil passes them on unchanged.
  ///   - chunkSize: The length, in bytes, at which a write empties the buffer through its handler;
  ///     0 and negative numbers are unlimited.
  ///   - capabilities: The operations that the body may apply to the buffer.
  ///   - failurePolicy: What the buffer does with its bytes after its handler has failed.
  ///   - body: Receives the stack.
  /// - Returns: The result of the body.
  /// - Throws: Any error from the body.
  public func withBuffer<R: ~Copyable, E>(
    handler: (any OutputHandler)? = nil,
    chunkSize: Int = 0,
    capabilities: OutputBufferCapabilities = .standard,
    whenHandlerFails failurePolicy: OutputFailurePolicy = .passThrough,
    _ body: (OutputStack) throws(E) -> R
  ) throws(E) -> R {
    let scope = buffers.nextIdentifier
    start(
      handler: handler, chunkSize: chunkSize, capabilities: capabilities,
      whenHandlerFails: failurePolicy)
    var ending: OutputPhase = [.clean, .final]
    defer { endBuffers(since: scope, ending) }
    let result = try body(self)
    ending = .final
    return result
  }

  /// Calls the asynchronous body with a buffer that is open during the call.
  ///
  /// In all other respects this is the same as the synchronous form. The body runs on the caller's
  /// actor. If cancellation makes the body throw, the buffer is discarded.
  ///
  /// - Parameters:
  ///   - handler: Transforms the bytes on their way out; nil passes them on unchanged.
  ///   - chunkSize: The length, in bytes, at which a write empties the buffer through its handler;
  ///     0 and negative numbers are unlimited.
  ///   - capabilities: The operations that the body may apply to the buffer.
  ///   - failurePolicy: What the buffer does with its bytes after its handler has failed.
  ///   - body: Receives the stack.
  /// - Returns: The result of the body.
  /// - Throws: Any error from the body.
  public func withBuffer<R: ~Copyable, E>(
    handler: (any OutputHandler)? = nil,
    chunkSize: Int = 0,
    capabilities: OutputBufferCapabilities = .standard,
    whenHandlerFails failurePolicy: OutputFailurePolicy = .passThrough,
    _ body: (OutputStack) async throws(E) -> R
  ) async throws(E) -> R {
    let scope = buffers.nextIdentifier
    start(
      handler: handler, chunkSize: chunkSize, capabilities: capabilities,
      whenHandlerFails: failurePolicy)
    var ending: OutputPhase = [.clean, .final]
    defer { endBuffers(since: scope, ending) }
    let result = try await body(self)
    ending = .final
    return result
  }
}

extension OutputStack: TextOutputStream where Sink: ~Copyable {}
