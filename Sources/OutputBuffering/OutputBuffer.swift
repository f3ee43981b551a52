/// One level of the stack.
struct OutputBuffer {
  /// What is copied into an empty buffer rather than moved, where moving would cost it capacity.
  static let maximumCopiedByteCount = 256

  /// Ascends from the outermost buffer inwards and is never used twice in a stack.
  let identifier: UInt64

  /// What the stack tells of the buffer, except for its length.
  var status: OutputBufferStatus

  /// Nil without handler, while the handler runs, and for good once it has failed.
  var handler: (any OutputHandler)?
  var bytes: ContiguousArray<UInt8>

  /// The status as of now.
  var currentStatus: OutputBufferStatus {
    var status = status
    status.length = bytes.count
    return status
  }

  // Mutating, since a method that isn't is called on a copy where the buffer is in an array.
  private mutating func isChunkFull() -> Bool {
    status.chunkSize > 0 && bytes.count >= status.chunkSize
  }

  /// Adds what is written, and says whether the chunk is full.
  mutating func append(_ written: Span<UInt8>) -> Bool {
    bytes.append(copying: written)
    return isChunkFull()
  }

  /// Adds what a buffer further in has given up, leaving storage to be reused in `payload`, and says
  /// whether the chunk is full.
  mutating func absorb(_ payload: inout ContiguousArray<UInt8>) -> Bool {
    // A few bytes must not take the place of larger, warmed-up storage: copying into that costs no
    // more than moving, and never allocates.
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

// The steps of `php_output_handler_op` that concern one buffer only.
extension OutputBuffer {
  /// The phase in which the handler is to be invoked, the first time with `start`.
  mutating func beginInvocation(_ phase: OutputPhase) -> OutputPhase {
    defer { status.isStarted = true }
    return status.isStarted ? phase : phase.union(.start)
  }

  /// Takes the handler back after it has succeeded, and drops the bytes it has processed.
  mutating func endInvocation(of handler: any OutputHandler) {
    self.handler = handler
    status.isProcessed = true
    StorageFreeList.empty(&bytes)
  }

  /// Takes the bytes out of a buffer without handler.
  mutating func endInvocation(leaving storage: ContiguousArray<UInt8>) -> ContiguousArray<UInt8> {
    status.isStarted = true
    status.isProcessed = true
    return exchange(&bytes, with: storage)
  }

  /// Takes the bytes out of a buffer whose handler has failed, and leaves it without handler.
  mutating func disable() -> ContiguousArray<UInt8> {
    status.isDisabled = true
    return exchange(&bytes, with: [])
  }
}

extension OutputBufferStatus {
  /// Throws where the buffer was started without the capability.
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
