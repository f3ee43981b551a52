/// A stack of output buffers over a sink.
///
/// Mirrors PHP's output control, but the stack is a value to pass along instead of a global. A
/// write goes to the innermost buffer. When that buffer is emptied, its bytes go through its
/// handler to the next buffer outwards, and bytes that leave the outermost buffer go to the sink,
/// in one sink write each. Without a buffer a write goes straight to the sink.
///
/// The stack doesn't end buffers that are still open when its owner is done: call ``endAll()`` or
/// ``discardAll()``, or use the scoped form `withBuffer(handler:chunkSize:capabilities:_:)`.
///
/// Written bytes are copied once, into the buffer. From there their storage moves through every
/// empty buffer without a handler and into the sink; only payloads of a few bytes are copied
/// instead. Storage is reused: after warming up, a write into an open buffer allocates nothing, and
/// a new buffer takes over the storage of one that has ended. The stack keeps at most eight spare
/// storages of at most 64 KiB each.
///
/// ## Calls from inside a handler or the sink
///
/// A handler receives bytes, not the stack. If it has captured the stack anyway, it can do no harm
/// at any depth: queries (level, contents, status) work and show the buffer being processed with
/// its input, and every operation is refused. A refused operation changes nothing and is counted in
/// ``refusedOperationCount``. If it can throw, it throws
/// ``OutputBufferError/Code/handlerIsRunning``; if it is a write, its bytes are counted in
/// ``discardedByteCount``. The same applies inside the sink.
public final class OutputStack<Sink: OutputSink & ~Copyable> {
  // Only `update` changes this property. No access to it or to `isOperating` spans a call, so the
  // optimizer can prove exclusivity, and a write needs no check at run time.
  private(set) var buffers = OutputBuffers()
  /// Set during an operation, so that code which the operation runs can't start another one.
  private var isOperating = false

  /// Whether the sink is flushed after every write into it.
  ///
  /// Mirrors PHP's `ob_implicit_flush()`. It doesn't affect buffers, and enabling it flushes
  /// nothing.
  public var isImplicitFlushEnabled = false

  /// The number of bytes that the stack has discarded: bytes written from inside a handler or the
  /// sink, and bytes of a buffer with ``OutputFailurePolicy/discard`` whose handler has failed.
  public private(set) var discardedByteCount = 0

  /// The number of operations, including writes, that were refused because a handler or the sink
  /// was running.
  public private(set) var refusedOperationCount = 0

  // The last property: all others keep an offset that does not depend on the type of the sink.
  /// Where the output of the outermost buffer goes.
  ///
  /// The owner may read it and change it in place. Writing to it directly bypasses all buffers.
  public var sink: Sink

  /// Creates a stack without buffers.
  ///
  /// - Parameter sink: Where the output of the outermost buffer goes.
  public init(sink: consuming Sink) {
    self.sink = sink
  }

  /// Writes bytes into the innermost buffer, or into the sink if none is open.
  ///
  /// Mirrors `echo`. Bytes pass through a buffer whose handler has failed, or are discarded there,
  /// depending on its failure policy. Writing no bytes has no effect.
  ///
  /// - Parameter bytes: The bytes, which are copied only into a buffer.
  /// - Complexity: Amortized O(n) in the number of bytes, plus the handlers of full chunks.
  public func write(_ bytes: Span<UInt8>) {
    guard !bytes.isEmpty else { return }
    guard mayOperate() else {
      discardedByteCount += bytes.count
      return
    }
    switch buffers.destination(below: level) {
    case .buffer(let level):
      // Equivalent to `update` with the parts that a write changes, and 10 % faster.
      var levels: [OutputBuffer] = []
      swap(&levels, &buffers.levels)
      let isFull = levels[level].append(bytes)
      swap(&levels, &buffers.levels)
      guard isFull else { return }
      operate { passOn(from: level, .write) }
    case .sink:
      operate {
        sink.write(bytes)
        if isImplicitFlushEnabled { sink.flush() }
      }
    case .nowhere:
      discardedByteCount += bytes.count
    }
  }

  /// Writes bytes with their storage into the innermost buffer, or into the sink if none is open.
  ///
  /// Like ``write(_:)-(Span<UInt8>)``, but moves the bytes instead of copying them if possible:
  /// into an empty buffer, and into a sink that takes storage. If the caller keeps a copy of the
  /// array, it is copied when either copy changes.
  ///
  /// - Parameter storage: The bytes.
  public func write(taking storage: consuming ContiguousArray<UInt8>) {
    guard !storage.isEmpty else { return }
    guard mayOperate() else {
      discardedByteCount += storage.count
      return
    }
    var storage = storage
    operate { deliver(&storage, below: level) }
  }

  /// Opens a buffer, which becomes the innermost one.
  ///
  /// Mirrors `ob_start()`. The handler is not invoked yet.
  ///
  /// - Parameters:
  ///   - handler: Transforms the bytes on their way out; nil passes them on unchanged.
  ///   - chunkSize: The length, in bytes, at which a write empties the buffer through its handler;
  ///     0 and negative numbers are unlimited.
  ///   - capabilities: The operations that the buffer allows.
  ///   - failurePolicy: What the buffer does with its bytes after its handler has failed.
  public func start(
    handler: (any OutputHandler)? = nil,
    chunkSize: Int = 0,
    capabilities: OutputBufferCapabilities = .standard,
    whenHandlerFails failurePolicy: OutputFailurePolicy = .passThrough
  ) {
    guard mayOperate() else { return }
    // This is an operation like any other, because the handler's `name` may use a captured stack.
    operate {
      let status = OutputBufferStatus(
        handlerName: handler?.name ?? OutputBufferStatus.defaultHandlerName, level: level,
        chunkSize: max(0, chunkSize), capabilities: capabilities, hasHandler: handler != nil,
        failurePolicy: failurePolicy)
      update { $0.start(status, handler) }
    }
  }

  /// Passes the contents of the innermost buffer through its handler to the next one outwards.
  ///
  /// Mirrors `ob_flush()`: it flushes one level, and the buffer stays open. The handler is invoked
  /// even for an empty buffer. A failure of the handler isn't an error here.
  ///
  /// - Throws: ``OutputBufferError`` with `noBuffer`, `notFlushable` or `handlerIsRunning`.
  public func flush() throws(OutputBufferError) {
    let level = try innermost(.flush, requiring: .flushable)
    operate { passOn(from: level, .flush) }
  }

  /// Flushes every buffer, from the innermost outwards, each into the next and the last into the
  /// sink.
  ///
  /// Mirrors `php_output_flush_all`, which PHP doesn't expose to scripts: bytes that a handler
  /// passes on are appended to the next buffer without triggering its chunk size, so every handler
  /// is invoked once, with ``OutputPhase/flush``. The sink gets at most one write; it is
  /// flushed only by ``isImplicitFlushEnabled``. Without a buffer this does nothing and isn't an
  /// error. Bytes pass through disabled buffers, or are discarded there.
  ///
  /// - Throws: ``OutputBufferError`` with `notFlushable`, naming the innermost buffer that refuses,
  ///   with nothing flushed at all, or `handlerIsRunning`.
  /// - Complexity: O(n) in the number of bytes held, besides the handlers.
  public func flushAll() throws(OutputBufferError) {
    guard mayOperate() else {
      throw OutputBufferError(code: .handlerIsRunning, operation: .flushAll)
    }
    for level in buffers.levels.indices.reversed() where !buffers.levels[level].status.isDisabled {
      try buffers.levels[level].status.require(.flushable, for: .flushAll)
    }
    operate {
      var payload: ContiguousArray<UInt8> = []
      for level in buffers.levels.indices.reversed() {
        if !buffers.levels[level].status.isDisabled {
          _ = update { $0.absorb(&payload, into: level) }
          payload = process(level, .flush)
        } else if buffers.levels[level].status.failurePolicy == .discard {
          discardedByteCount += payload.count
          update { $0.storages.give(&payload) }
        }
      }
      deliver(&payload, below: 0)
    }
  }

  /// Flushes the sink without flushing any buffer.
  ///
  /// Mirrors `flush()`.
  public func flushSink() {
    guard mayOperate() else { return }
    operate { sink.flush() }
  }

  /// Discards the contents of the innermost buffer.
  ///
  /// Mirrors `ob_clean()`: the handler is invoked with the contents so that it can discard bytes
  /// that it holds back, and the buffer stays open. A failure of the handler isn't an error here.
  ///
  /// - Throws: ``OutputBufferError`` with `noBuffer`, `notCleanable` or `handlerIsRunning`.
  public func clean() throws(OutputBufferError) {
    let level = try innermost(.clean, requiring: .cleanable)
    operate {
      var dropped = process(level, .clean)
      update { $0.storages.give(&dropped) }
    }
  }

  /// Ends the innermost buffer and passes its contents through its handler to the next one
  /// outwards.
  ///
  /// Mirrors `ob_end_flush()`. A failure of the handler isn't an error here.
  ///
  /// - Throws: ``OutputBufferError`` with `noBuffer`, `notRemovable` or `handlerIsRunning`.
  public func endFlush() throws(OutputBufferError) {
    let level = try innermost(.endFlush, requiring: .removable)
    operate { end(level, .final) }
  }

  /// Ends the innermost buffer and discards its contents.
  ///
  /// Mirrors `ob_end_clean()`: the handler is invoked with ``OutputPhase/clean`` and
  /// ``OutputPhase/final``. A failure of the handler isn't an error here.
  ///
  /// - Throws: ``OutputBufferError`` with `noBuffer`, `notRemovable` or `handlerIsRunning`.
  public func endClean() throws(OutputBufferError) {
    let level = try innermost(.endClean, requiring: .removable)
    operate { end(level, [.clean, .final]) }
  }

  /// Ends the innermost buffer and returns its contents instead of sending them.
  ///
  /// Mirrors `ob_get_clean()`, except that a refusal returns nothing. The contents are the bytes as
  /// written, before the handler; the handler is invoked as in ``endClean()``.
  ///
  /// - Returns: The bytes the buffer held.
  /// - Throws: ``OutputBufferError`` with `noBuffer`, `notRemovable` or `handlerIsRunning`.
  public func takeContents() throws(OutputBufferError) -> ContiguousArray<UInt8> {
    let level = try innermost(.takeContents, requiring: .removable)
    let contents = buffers.levels[level].bytes
    operate { end(level, [.clean, .final]) }
    return contents
  }

  /// Ends the innermost buffer, sends its contents as ``endFlush()`` does, and returns them.
  ///
  /// Mirrors `ob_get_flush()`, except that a refusal returns nothing. The contents are the bytes as
  /// written, before the handler.
  ///
  /// - Returns: The bytes the buffer held.
  /// - Throws: ``OutputBufferError`` with `noBuffer`, `notRemovable` or `handlerIsRunning`.
  public func endFlushReturningContents() throws(OutputBufferError) -> ContiguousArray<UInt8> {
    let level = try innermost(.endFlushReturningContents, requiring: .removable)
    let contents = buffers.levels[level].bytes
    operate { end(level, .final) }
    return contents
  }

  /// Ends every buffer by force, from the innermost outwards, and sends their contents.
  ///
  /// Mirrors `php_output_end_all`, the end of a PHP request:
  /// ``OutputBufferCapabilities/removable`` is ignored.
  public func endAll() {
    endBuffers(since: 0, .final)
  }

  /// Ends every buffer by force, from the innermost outwards, and discards their contents.
  ///
  /// Mirrors `php_output_discard_all`: ``OutputBufferCapabilities/removable`` is ignored. Handlers
  /// are invoked as in ``endClean()``.
  public func discardAll() {
    endBuffers(since: 0, [.clean, .final])
  }

  /// Empties a buffer through its handler and writes the result to the levels further out.
  private func passOn(from level: Int, _ phase: OutputPhase) {
    var payload = process(level, phase)
    deliver(&payload, below: level)
  }

  /// Writes a payload to the next enabled buffer outwards, and further outwards while chunks fill
  /// up.
  ///
  /// Mirrors `php_output_stack_apply_op`.
  private func deliver(_ payload: inout ContiguousArray<UInt8>, below level: Int) {
    var level = level
    while !payload.isEmpty {
      switch buffers.destination(below: level) {
      case .buffer(let next):
        guard update({ $0.absorb(&payload, into: next) }) else { return }
        payload = process(next, .write)
        level = next
        continue
      case .sink:
        sink.write(taking: &payload)
        if isImplicitFlushEnabled { sink.flush() }
      case .nowhere:
        discardedByteCount += payload.count
      }
      break
    }
    update { $0.storages.give(&payload) }
  }

  /// Empties a buffer through its handler.
  ///
  /// Mirrors `php_output_handler_op`.
  ///
  /// - Returns: The bytes to pass on: the handler's output, or the input if there is no handler or
  ///   it fails and the buffer passes output through.
  private func process(_ level: Int, _ phase: OutputPhase) -> ContiguousArray<UInt8> {
    // Unlike in PHP, a handler that has failed is never invoked again.
    guard !buffers.levels[level].status.isDisabled else { return [] }
    guard buffers.levels[level].status.hasHandler,
      // Taken out while it runs: a handler works on locals and may query the stack.
      var handler = update({ $0.levels[level].handler.take() })
    else {
      let storage = phase.contains(.final) ? [] : update { $0.storages.take() }
      return update { $0.levels[level].endInvocation(leaving: storage) }
    }
    let phase = update { $0.levels[level].beginInvocation(phase) }
    var output = update { $0.storages.take() }
    do {
      try invoke(&handler, on: buffers.levels[level].bytes, phase, into: &output)
      update { $0.levels[level].endInvocation(of: handler) }
      return output
    } catch {
      update { $0.storages.give(&output) }
      let input = update { $0.levels[level].disable() }
      let failure = OutputHandlerFailure(
        handlerName: buffers.levels[level].status.handlerName, level: level,
        policy: buffers.levels[level].status.failurePolicy, cause: error)
      sink.handlerFailed(failure)
      guard failure.policy == .discard else { return input }
      if !phase.contains(.clean) { discardedByteCount += input.count }
      return []
    }
  }

  // A separate function, so that the reference to the input is released before the buffer is
  // emptied: storage that is still shared couldn't be reused.
  private func invoke(
    _ handler: inout any OutputHandler,
    on input: ContiguousArray<UInt8>,
    _ phase: OutputPhase,
    into output: inout ContiguousArray<UInt8>
  ) throws {
    try handler.process(input.span, phase: phase, into: &output)
  }

  /// Ends the innermost buffer, and sends its output unless the phase is a clean.
  ///
  /// Mirrors `php_output_stack_pop`.
  private func end(_ level: Int, _ phase: OutputPhase) {
    var payload = process(level, phase)
    // Not inside `update`: this releases the buffer's handler, whose deinitializer may query the
    // stack.
    var bytes = update { $0.levels.removeLast() }.bytes
    update { $0.storages.give(&bytes) }
    if phase.contains(.clean) {
      update { $0.storages.give(&payload) }
    } else {
      deliver(&payload, below: level)
    }
  }

  /// Ends by force the buffer with this identifier and every buffer started after it.
  func endBuffers(since identifier: UInt64, _ phase: OutputPhase) {
    guard mayOperate() else { return }
    operate {
      while level > 0, buffers.levels[level - 1].identifier >= identifier {
        end(level - 1, phase)
      }
    }
  }

  /// Changes the buffers as a local value, so that no access to the property is open during the
  /// change.
  @inline(__always)
  private func update<R>(_ body: (inout OutputBuffers) -> R) -> R {
    var local = OutputBuffers()
    swap(&local, &buffers)
    defer { swap(&local, &buffers) }
    return body(&local)
  }

  /// Runs the body as one operation; meanwhile handlers, the sink and deinitializers that it
  /// triggers can't start another one.
  private func operate(_ body: () -> Void) {
    isOperating = true
    defer { isOperating = false }
    body()
  }

  /// Whether an operation may begin; if a handler or the sink is running, the operation is refused
  /// and counted.
  @inline(__always)
  private func mayOperate() -> Bool {
    if isOperating { refusedOperationCount += 1 }
    return !isOperating
  }

  /// Returns the level of the innermost buffer, which must allow the operation.
  private func innermost(
    _ operation: OutputBufferError.Operation, requiring capability: OutputBufferCapabilities
  ) throws(OutputBufferError) -> Int {
    guard mayOperate() else {
      throw OutputBufferError(code: .handlerIsRunning, operation: operation)
    }
    guard let level = buffers.levels.indices.last else {
      throw OutputBufferError(code: .noBuffer, operation: operation)
    }
    try buffers.levels[level].status.require(capability, for: operation)
    return level
  }
}

@available(*, unavailable)
extension OutputStack: Sendable where Sink: ~Copyable {}
