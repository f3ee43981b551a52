// The steps of `php_output_handler_op` that concern one buffer only.
extension OutputBuffer {
  /// The phase in which the handler is to be invoked, the first time with `start`.
  mutating func beginInvocation(_ phase: OutputPhase) -> OutputPhase {
    progress.insert(.started).inserted ? phase.union(.start) : phase
  }

  /// Takes the handler back after it has succeeded, and drops the bytes it has processed.
  mutating func endInvocation(of handler: any OutputHandler) {
    self.handler = handler
    progress.insert(.processed)
    StorageFreeList.empty(&bytes)
  }

  /// Takes the bytes out of a buffer without handler.
  mutating func passThrough(
    leaving storage: consuming ContiguousArray<UInt8>
  ) -> ContiguousArray<UInt8> {
    progress.insert(.processed)
    swap(&bytes, &storage)
    return storage
  }

  /// Takes the bytes out of a buffer whose handler has failed, and leaves it without handler.
  mutating func disable() -> ContiguousArray<UInt8> {
    progress.insert(.disabled)
    defer { bytes = [] }
    return bytes
  }
}
