/// The levels of a stack, outermost first, with storage kept for future levels.
struct OutputBuffers {
  /// The destination of bytes that leave a level.
  enum Destination {
    /// The innermost enabled buffer further out.
    case buffer(Int)
    case sink
    /// Nowhere: a buffer in between discards all output since its handler failed.
    case nowhere
  }

  var levels: [OutputBuffer] = []
  var storages = StorageFreeList()

  /// The identifier of the next buffer to start.
  var nextIdentifier: UInt64 = 0

  @inline(__always)
  func destination(below level: Int) -> Destination {
    // Search by index: a predicate would receive a copy of each buffer on every write.
    var candidate = level - 1
    while candidate >= 0 {
      guard levels[candidate].status.isDisabled else { return .buffer(candidate) }
      if levels[candidate].status.failurePolicy == .discard { return .nowhere }
      candidate -= 1
    }
    return .sink
  }

  mutating func start(_ status: OutputBufferStatus, _ handler: (any OutputHandler)?) {
    levels.append(
      OutputBuffer(
        identifier: nextIdentifier, status: status, handler: handler, bytes: storages.take()))
    nextIdentifier += 1
  }

  /// Moves or copies a payload into a buffer and returns whether the chunk is full.
  mutating func absorb(_ payload: inout ContiguousArray<UInt8>, into level: Int) -> Bool {
    defer { storages.give(&payload) }
    return levels[level].absorb(&payload)
  }
}
