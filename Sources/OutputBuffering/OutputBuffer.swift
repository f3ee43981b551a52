/// One level of the stack.
struct OutputBuffer {
  /// What has happened to a buffer so far, PHP's status bits.
  struct Progress: OptionSet {
    let rawValue: UInt8

    static let started = Self(rawValue: 1 << 0)
    static let disabled = Self(rawValue: 1 << 1)
    static let processed = Self(rawValue: 1 << 2)
  }

  /// Ascends from the outermost buffer inwards and is never used twice in a stack.
  let identifier: UInt64
  let handlerName: String
  let hasHandler: Bool
  let chunkSize: Int
  let capabilities: OutputBufferCapabilities
  let failurePolicy: OutputFailurePolicy

  /// Nil without handler, while the handler runs, and for good once it has failed.
  var handler: (any OutputHandler)?
  var bytes: ContiguousArray<UInt8>
  var progress: Progress = []

  init(
    identifier: UInt64,
    handler: (any OutputHandler)?,
    chunkSize: Int,
    capabilities: OutputBufferCapabilities,
    failurePolicy: OutputFailurePolicy,
    storage: consuming ContiguousArray<UInt8>
  ) {
    self.identifier = identifier
    self.handlerName = handler?.name ?? OutputBufferStatus.defaultHandlerName
    self.hasHandler = handler != nil
    self.chunkSize = max(0, chunkSize)
    self.capabilities = capabilities
    self.failurePolicy = failurePolicy
    self.handler = handler
    self.bytes = storage
  }

  var isDisabled: Bool { progress.contains(.disabled) }

  var isChunkFull: Bool { chunkSize > 0 && bytes.count >= chunkSize }

  /// Adds what is written, and says whether the chunk is full.
  mutating func append(_ written: Span<UInt8>) -> Bool {
    bytes.append(copying: written)
    return isChunkFull
  }

  /// Adds what a buffer further in has given up, leaving storage to be reused in `payload`.
  mutating func absorb(_ payload: inout ContiguousArray<UInt8>) {
    // Moving is free, but a small payload must not take the place of larger, warmed-up storage:
    // copying into that never allocates.
    if bytes.isEmpty, payload.capacity >= bytes.capacity {
      swap(&bytes, &payload)
    } else {
      bytes.append(contentsOf: payload)
    }
  }
}

extension [OutputBuffer] {
  /// Where bytes go that leave a level.
  enum Destination {
    /// The innermost enabled buffer further out.
    case buffer(Int)
    case sink
    /// A buffer in between discards everything since its handler failed.
    case nowhere
  }

  func destination(below level: Int) -> Destination {
    // By index: a predicate would be handed a copy of each buffer, on every write.
    var candidate = level - 1
    while candidate >= 0 {
      guard self[candidate].isDisabled else { return .buffer(candidate) }
      if self[candidate].failurePolicy == .discard { return .nowhere }
      candidate -= 1
    }
    return .sink
  }
}
