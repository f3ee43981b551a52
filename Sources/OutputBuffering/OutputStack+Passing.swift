// How bytes travel outwards.
extension OutputStack where Sink: ~Copyable {
  /// Runs the body as one operation, during which handlers, the sink, and whatever is released on
  /// the way find the stack refusing all others.
  func operate(_ body: () -> Void) {
    isOperating = true
    defer { isOperating = false }
    body()
  }

  /// Empties a buffer through its handler and writes the result to the levels further out.
  func passOn(from level: Int, phase: OutputPhase) {
    deliver(process(level, phase), below: level)
  }

  /// Writes a payload to the next enabled buffer further out, and on from there as long as chunks
  /// fill up.
  ///
  /// Mirrors `php_output_stack_apply_op`.
  func deliver(_ payload: consuming ContiguousArray<UInt8>, below level: Int) {
    var payload = payload
    var level = level
    while !payload.isEmpty {
      guard case .buffer(let next) = buffers.destination(below: level) else {
        deliver(payload.span, below: level)
        break
      }
      buffers[next].absorb(&payload)
      guard buffers[next].isChunkFull else { break }
      storages.give(consume payload)
      payload = process(next, .write)
      level = next
    }
    storages.give(consume payload)
  }

  /// Writes bytes that no buffer takes.
  func deliver(_ bytes: Span<UInt8>, below level: Int) {
    guard case .sink = buffers.destination(below: level) else {
      discardedByteCount += bytes.count
      return
    }
    sink.write(bytes)
    if isImplicitFlushEnabled { sink.flush() }
  }

  /// Empties a buffer through its handler.
  ///
  /// Mirrors `php_output_handler_op`.
  ///
  /// - Returns: What is passed on: the handler's output, or the input without handler or when it
  ///   fails, unless the buffer discards it then.
  func process(_ level: Int, _ phase: OutputPhase) -> ContiguousArray<UInt8> {
    // Unlike PHP's, a handler that has failed is never asked again.
    guard !buffers[level].isDisabled else { return [] }
    let phase = buffers[level].beginInvocation(phase)
    // Taken out for as long as it runs: a handler works on locals, outside any access to `buffers`,
    // and trips no exclusivity check should it look at the stack.
    guard var handler = buffers[level].handler.take() else {
      return buffers[level].passThrough(leaving: storages.take())
    }
    var output = storages.take()
    do {
      try invoke(&handler, on: buffers[level].bytes, phase, into: &output)
      buffers[level].endInvocation(of: handler)
      return output
    } catch {
      storages.give(consume output)
      let input = buffers[level].disable()
      let failure = OutputHandlerFailure(
        handlerName: buffers[level].handlerName, level: level,
        policy: buffers[level].failurePolicy, cause: error)
      sink.handlerFailed(failure)
      guard failure.policy == .discard else { return input }
      if !phase.contains(.clean) { discardedByteCount += input.count }
      return []
    }
  }

  // A function of its own, so that the reference to the input is gone before the buffer is emptied:
  // storage that is still shared could not be kept.
  private func invoke(
    _ handler: inout any OutputHandler,
    on input: ContiguousArray<UInt8>,
    _ phase: OutputPhase,
    into output: inout ContiguousArray<UInt8>
  ) throws {
    try handler.process(input.span, phase: phase, into: &output)
  }
}
