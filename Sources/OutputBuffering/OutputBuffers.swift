/// The levels of a stack, the outermost first, and what is kept for the next ones.
struct OutputBuffers {
  /// Where bytes go that leave a level.
  enum Destination {
    /// The innermost enabled buffer further out.
    case buffer(Int)
    case sink
    /// A buffer in between discards everything since its handler failed.
    case nowhere
  }

  var levels: [OutputBuffer] = []
  var storages = StorageFreeList()

  /// Of the next buffer to be started.
  var nextIdentifier: UInt64 = 0

  @inline(__always)
  func destination(below level: Int) -> Destination {
    // By index: a predicate would be handed a copy of each buffer, on every write.
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

  /// Moves or copies a payload into a buffer, and says whether the chunk is full.
  mutating func absorb(_ payload: inout ContiguousArray<UInt8>, into level: Int) -> Bool {
    defer { storages.give(&payload) }
    return levels[level].absorb(&payload)
  }
}
