extension OutputStack where Sink: ~Copyable {
  /// Writes a string as UTF-8 into the innermost buffer, or into the sink where none is open.
  ///
  /// Mirrors `echo`. It makes `print(…, to:)` work with a stack.
  ///
  /// - Parameter string: The string, which is not copied on its way.
  /// - Complexity: Amortized O(n) in the number of bytes, plus the handlers of full chunks.
  public func write(_ string: String) {
    write(string.utf8)
  }

  /// Writes bytes as one write into the innermost buffer, or into the sink where none is open.
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
      handler: ClosureOutputHandler(name: name, process), chunkSize: chunkSize,
      capabilities: capabilities, whenHandlerFails: failurePolicy)
  }

  /// Calls the body with a buffer that is open for just as long.
  ///
  /// On return the buffer is ended and sent, and so is, innermost first, every buffer that the body
  /// has started and left open; when the body throws they are all discarded. Capabilities cannot
  /// keep them open. A body that ends the buffer itself is left its way: buffers that were open
  /// before are not touched.
  ///
  /// - Parameters:
  ///   - handler: What becomes of the bytes on their way out; nil passes them as they are.
  ///   - chunkSize: The length in bytes from which on a write empties the buffer through its
  ///     handler; 0 and negative numbers are unlimited.
  ///   - capabilities: What the body may do to the buffer.
  ///   - failurePolicy: What becomes of the buffer's bytes once the handler has failed.
  ///   - body: What is called with the stack.
  /// - Returns: What the body returns.
  /// - Throws: What the body throws.
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

  /// Calls the asynchronous body with a buffer that is open for just as long.
  ///
  /// The same as the synchronous form in all other respects. The body runs where the caller does;
  /// a cancelled body that throws discards the buffer.
  ///
  /// - Parameters:
  ///   - handler: What becomes of the bytes on their way out; nil passes them as they are.
  ///   - chunkSize: The length in bytes from which on a write empties the buffer through its
  ///     handler; 0 and negative numbers are unlimited.
  ///   - capabilities: What the body may do to the buffer.
  ///   - failurePolicy: What becomes of the buffer's bytes once the handler has failed.
  ///   - body: What is called with the stack.
  /// - Returns: What the body returns.
  /// - Throws: What the body throws.
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
