extension OutputStack where Sink: ~Copyable {
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
    let scope = nextIdentifier
    start(
      handler: handler, chunkSize: chunkSize, capabilities: capabilities,
      whenHandlerFails: failurePolicy)
    do {
      let result = try body(self)
      endBuffers(since: scope, .send)
      return result
    } catch {
      endBuffers(since: scope, .discard)
      throw error
    }
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
    let scope = nextIdentifier
    start(
      handler: handler, chunkSize: chunkSize, capabilities: capabilities,
      whenHandlerFails: failurePolicy)
    do {
      let result = try await body(self)
      endBuffers(since: scope, .send)
      return result
    } catch {
      endBuffers(since: scope, .discard)
      throw error
    }
  }
}
