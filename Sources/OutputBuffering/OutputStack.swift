/// A stack of output buffers over a sink.
///
/// Mirrors PHP's output control, with the stack a value that is passed along instead of a global.
/// What is written goes to the innermost buffer; what that buffer gives up goes through its
/// handler to the next one outwards, and what leaves the outermost buffer goes to the sink, one
/// sink write for each. Without a buffer a write goes straight to the sink.
///
/// Buffers that are still open when the owner is done are not ended by themselves: call
/// ``endAll()``, or ``discardAll()``, or use the scoped form
/// `withBuffer(handler:chunkSize:capabilities:_:)`.
///
/// What is written is copied once, into the buffer. From there on its storage moves: through every
/// empty buffer without handler and into the sink; only a few bytes are copied instead. Storage is
/// reused: once warmed up, a write into an open buffer allocates nothing, and a started buffer takes
/// over the storage of one that was ended. The stack keeps at most eight spare storages of at most
/// 64 KiB each.
///
/// ## Calls from inside a handler or the sink
///
/// A handler gets bytes, not the stack, so it has nothing to call. One that has captured the stack
/// all the same can do no harm, at whatever depth: looking (level, contents, status) works and
/// shows the buffer that is being processed with its input, and every operation is refused. A
/// refused operation changes nothing and is counted in ``refusedOperationCount``; one that can
/// throw throws ``OutputBufferError/Code/handlerIsRunning`` as well, and the bytes of a refused
/// write are counted in ``discardedByteCount``. The same holds inside the sink.
public final class OutputStack<Sink: OutputSink & ~Copyable> {
  // Changed by `update` only. As no access to it or to `isOperating` spans a call, the optimizer can
  // prove exclusivity, and a write pays for no check at run time.
  private(set) var buffers = OutputBuffers()
  /// Set while an operation is under way, so that what it runs cannot start another one.
  private var isOperating = false

  /// Whether the sink is flushed after every write into it.
  ///
  /// Mirrors PHP's `ob_implicit_flush()`. Buffers are not affected, and switching it on flushes
  /// nothing.
  public var isImplicitFlushEnabled = false

  /// The number of bytes that the stack has discarded: written from inside a handler or the sink, or
  /// in a buffer that was started with ``OutputFailurePolicy/discard`` and whose handler failed.
  public private(set) var discardedByteCount = 0

  /// The number of operations, writes included, that were refused because a handler or the sink was
  /// running.
  public private(set) var refusedOperationCount = 0

  // The last property: all others keep an offset that does not depend on the type of the sink.
  /// Where the output of the outermost buffer goes.
  ///
  /// The owner may read and change it in place; writing into it directly passes all buffers by.
  public var sink: Sink

  /// Creates a stack without buffers.
  ///
  /// - Parameter sink: Where the output of the outermost buffer goes.
  public init(sink: consuming Sink) {
    self.sink = sink
  }

  /// Writes bytes into the innermost buffer, or into the sink where none is open.
  ///
  /// Mirrors `echo`. Buffers whose handler has failed are passed by, or discard what reaches them.
  /// Writing nothing does nothing.
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
      // The same as `update` of what a write changes, and a tenth faster.
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

  /// Writes bytes with their storage into the innermost buffer, or into the sink without one.
  ///
  /// The same as ``write(_:)-(Span<UInt8>)``, except that the bytes move, where they can, instead of
  /// being copied: into an empty buffer, and into a sink that takes storage. An array that the caller
  /// keeps a copy of is copied when either changes.
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
  ///   - handler: What becomes of the bytes on their way out; nil passes them as they are.
  ///   - chunkSize: The length in bytes from which on a write empties the buffer through its
  ///     handler; 0 and negative numbers are unlimited.
  ///   - capabilities: What may be done to the buffer.
  ///   - failurePolicy: What becomes of the buffer's bytes once the handler has failed.
  public func start(
    handler: (any OutputHandler)? = nil,
    chunkSize: Int = 0,
    capabilities: OutputBufferCapabilities = .standard,
    whenHandlerFails failurePolicy: OutputFailurePolicy = .passThrough
  ) {
    guard mayOperate() else { return }
    // One operation like any other: the handler is asked for its name, and may have captured the
    // stack.
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
  /// Mirrors `ob_flush()`: one level only, and the buffer stays open. The handler is invoked also
  /// for an empty buffer. That it fails is not an error here.
  ///
  /// - Throws: ``OutputBufferError`` with `noBuffer`, `notFlushable` or `handlerIsRunning`.
  public func flush() throws(OutputBufferError) {
    let level = try innermost(.flush, requiring: .flushable)
    operate { passOn(from: level, .flush) }
  }

  /// Flushes every buffer, from the innermost outwards, each into the next and the last into the
  /// sink.
  ///
  /// Mirrors `php_output_flush_all`, which PHP offers to no script: what a handler passes on is
  /// added to the next buffer without counting for its chunk size, so that every handler is invoked
  /// once, with ``OutputPhase/flush``. The sink gets at most one write and is not flushed. Without
  /// a buffer there is nothing to do, which is no error; disabled buffers are passed by, or discard
  /// what reaches them.
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

  /// Flushes the sink; buffers are not touched.
  ///
  /// Mirrors `flush()`.
  public func flushSink() {
    guard mayOperate() else { return }
    operate { sink.flush() }
  }

  /// Throws the contents of the innermost buffer away.
  ///
  /// Mirrors `ob_clean()`: the handler is invoked with the contents so that it can forget what it
  /// holds back, and the buffer stays open. That the handler fails is not an error here.
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
  /// Mirrors `ob_end_flush()`. That the handler fails is not an error here.
  ///
  /// - Throws: ``OutputBufferError`` with `noBuffer`, `notRemovable` or `handlerIsRunning`.
  public func endFlush() throws(OutputBufferError) {
    let level = try innermost(.endFlush, requiring: .removable)
    operate { end(level, .final) }
  }

  /// Ends the innermost buffer and throws its contents away.
  ///
  /// Mirrors `ob_end_clean()`: the handler is invoked with ``OutputPhase/clean`` and
  /// ``OutputPhase/final``. That it fails is not an error here.
  ///
  /// - Throws: ``OutputBufferError`` with `noBuffer`, `notRemovable` or `handlerIsRunning`.
  public func endClean() throws(OutputBufferError) {
    let level = try innermost(.endClean, requiring: .removable)
    operate { end(level, [.clean, .final]) }
  }

  /// Ends the innermost buffer and returns its contents instead of sending them.
  ///
  /// Mirrors `ob_get_clean()`, except that a refusal returns nothing. The contents are what was
  /// written, not what the handler makes of it; the handler is invoked as in ``endClean()``.
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
  /// Mirrors `ob_get_flush()`, except that a refusal returns nothing. The contents are what was
  /// written, not what the handler makes of it.
  ///
  /// - Returns: The bytes the buffer held.
  /// - Throws: ``OutputBufferError`` with `noBuffer`, `notRemovable` or `handlerIsRunning`.
  public func endFlushReturningContents() throws(OutputBufferError) -> ContiguousArray<UInt8> {
    let level = try innermost(.endFlushReturningContents, requiring: .removable)
    let contents = buffers.levels[level].bytes
    operate { end(level, .final) }
    return contents
  }

  /// Ends every buffer by force, from the innermost outwards, and sends what they hold.
  ///
  /// Mirrors `php_output_end_all`, the end of a PHP request:
  /// ``OutputBufferCapabilities/removable`` is ignored.
  public func endAll() {
    endBuffers(since: 0, .final)
  }

  /// Ends every buffer by force, from the innermost outwards, and throws away what they hold.
  ///
  /// Mirrors `php_output_discard_all`: ``OutputBufferCapabilities/removable`` is ignored. Handlers
  /// are invoked as in ``endClean()``.
  public func discardAll() {
    endBuffers(since: 0, [.clean, .final])
  }

  /// The number of open buffers.levels.
  ///
  /// Mirrors `ob_get_level()`.
  public var level: Int { buffers.levels.count }

  /// The number of bytes in the innermost buffer, or nil where none is open.
  ///
  /// Mirrors `ob_get_length()`.
  public var length: Int? { buffers.levels.last?.bytes.count }

  /// The bytes in the innermost buffer, or nil where none is open.
  ///
  /// Mirrors `ob_get_contents()`: what was written since the handler was invoked last, not what it
  /// makes of it. The array shares its storage with the buffer until either changes; to look
  /// without ever copying use ``withContents(_:)``.
  public var contents: ContiguousArray<UInt8>? { buffers.levels.last?.bytes }

  /// Calls the body with the bytes in the innermost buffer, uncopied.
  ///
  /// - Parameter body: What looks at the bytes. The span stays as it is whatever the body does to
  ///   the stack.
  /// - Returns: What the body returns, or nil, without calling it, where no buffer is open.
  /// - Throws: What the body throws.
  public func withContents<R: ~Copyable, E>(
    _ body: (Span<UInt8>) throws(E) -> R
  ) throws(E) -> R? {
    guard let bytes = contents else { return nil }
    return try body(bytes.span)
  }

  /// What is known about the innermost buffer, or nil where none is open.
  ///
  /// Mirrors `ob_get_status()`.
  public var status: OutputBufferStatus? { buffers.levels.last?.currentStatus }

  /// What is known about each buffer, the outermost first.
  ///
  /// Mirrors `ob_get_status(true)`.
  /// - Complexity: O(n) in the number of buffers.
  public var statuses: [OutputBufferStatus] { buffers.levels.map(\.currentStatus) }

  /// The name of each buffer's handler, the outermost first.
  ///
  /// Mirrors `ob_list_handlers()`; see ``OutputBufferStatus/handlerName``.
  /// - Complexity: O(n) in the number of buffers.
  public var handlerNames: [String] { buffers.levels.map(\.status.handlerName) }

  /// The number of bytes held in all buffers together.
  ///
  /// What handlers hold back is not included.
  /// - Complexity: O(n) in the number of buffers.
  public var storedByteCount: Int { buffers.levels.reduce(0) { $0 + $1.bytes.count } }

  /// Empties a buffer through its handler and writes the result to the levels further out.
  private func passOn(from level: Int, _ phase: OutputPhase) {
    var payload = process(level, phase)
    deliver(&payload, below: level)
  }

  /// Writes a payload to the next enabled buffer further out, and on from there as long as chunks
  /// fill up.
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
  /// - Returns: What is passed on: the handler's output, or the input without handler or when it
  ///   fails, unless the buffer discards it then.
  private func process(_ level: Int, _ phase: OutputPhase) -> ContiguousArray<UInt8> {
    // Unlike PHP's, a handler that has failed is never asked again.
    guard !buffers.levels[level].status.isDisabled else { return [] }
    guard buffers.levels[level].status.hasHandler,
      // Taken out for as long as it runs: a handler works on locals, and may look at the stack.
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

  /// Ends the innermost buffer, and sends what it passes on unless the phase is a clean.
  ///
  /// Mirrors `php_output_stack_pop`.
  private func end(_ level: Int, _ phase: OutputPhase) {
    var payload = process(level, phase)
    // Not inside `update`: with the buffer goes its handler, which may look at the stack even then.
    var bytes = update { $0.levels.removeLast() }.bytes
    update { $0.storages.give(&bytes) }
    if phase.contains(.clean) {
      update { $0.storages.give(&payload) }
    } else {
      deliver(&payload, below: level)
    }
  }

  /// Ends by force every buffer that was started with this identifier or after it.
  func endBuffers(since identifier: UInt64, _ phase: OutputPhase) {
    guard mayOperate() else { return }
    operate {
      while level > 0, buffers.levels[level - 1].identifier >= identifier {
        end(level - 1, phase)
      }
    }
  }

  /// Changes the buffers as a local value, so that no access to the property is open meanwhile.
  @inline(__always)
  private func update<R>(_ body: (inout OutputBuffers) -> R) -> R {
    var local = OutputBuffers()
    swap(&local, &buffers)
    defer { swap(&local, &buffers) }
    return body(&local)
  }

  /// Runs the body as one operation, during which handlers, the sink, and whatever is released on
  /// the way find the stack refusing all others.
  private func operate(_ body: () -> Void) {
    isOperating = true
    defer { isOperating = false }
    body()
  }

  /// Whether an operation may begin; one that may not, since a handler or the sink is running, is
  /// counted.
  @inline(__always)
  private func mayOperate() -> Bool {
    if isOperating { refusedOperationCount += 1 }
    return !isOperating
  }

  /// The level of the innermost buffer, which has to allow the operation.
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
