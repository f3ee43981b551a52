/// One level of the stack.
struct OutputBuffer {
  /// The maximum size, in bytes, of a payload that is copied into an empty buffer with larger
  /// capacity instead of replacing its storage.
  static let maximumCopiedByteCount = 256

  /// Increases from the outermost buffer inwards and is never reused within a stack.
  let identifier: UInt64

  /// The buffer's status, except for its length.
  var status: OutputBufferStatus

  /// Nil without a handler, while the handler runs, and permanently after it has failed.
  var handler: (any OutputHandler)?
  var bytes: ContiguousArray<UInt8>

  /// The current status.
  var currentStatus: OutputBufferStatus {
    var status = status
    status.length = bytes.count
    return status
  }

  // Mutating, because a nonmutating method would be called on a copy of an array element.
  private mutating func isChunkFull() -> Bool {
    status.chunkSize > 0 && bytes.count >= status.chunkSize
  }

  /// Appends written bytes and returns whether the chunk is full.
  mutating func append(_ written: Span<UInt8>) -> Bool {
    bytes.append(copying: written)
    return isChunkFull()
  }

  /// Appends the payload of an inner buffer, leaves reusable storage in `payload`, and returns
  /// whether the chunk is full.
  mutating func absorb(_ payload: inout ContiguousArray<UInt8>) -> Bool {
    // A few bytes must not replace larger, warmed-up storage: copying into it costs no more than
    // moving, and never allocates.
    if bytes.isEmpty,
      payload.count > Self.maximumCopiedByteCount || payload.capacity >= bytes.capacity
    {
      swap(&bytes, &payload)
    } else {
      bytes.append(contentsOf: payload)
    }
    return isChunkFull()
  }
}

// The steps of `php_output_handler_op` that concern a single buffer.
extension OutputBuffer {
  /// Returns the phase for the handler's next invocation, with `start` for the first one.
  mutating func beginInvocation(_ phase: OutputPhase) -> OutputPhase {
    defer { status.isStarted = true }
    return status.isStarted ? phase : phase.union(.start)
  }

  /// Restores the handler after it has succeeded, and drops the bytes that it has processed.
  mutating func endInvocation(of handler: any OutputHandler) {
    self.handler = handler
    status.isProcessed = true
    StorageFreeList.empty(&bytes)
  }

  /// Takes the bytes out of a buffer without a handler.
  mutating func endInvocation(leaving storage: ContiguousArray<UInt8>) -> ContiguousArray<UInt8> {
    status.isStarted = true
    status.isProcessed = true
    return exchange(&bytes, with: storage)
  }

  /// Takes the bytes out of a buffer whose handler has failed, and leaves the buffer without a
  /// handler.
  mutating func disable() -> ContiguousArray<UInt8> {
    status.isDisabled = true
    return exchange(&bytes, with: [])
  }
}

extension OutputBufferStatus {
  /// Throws if the buffer was started without the capability.
  func require(
    _ capability: OutputBufferCapabilities, for operation: OutputBufferError.Operation
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
