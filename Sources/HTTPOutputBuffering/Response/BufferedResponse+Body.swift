import OutputBuffering

extension BufferedResponse {
  /// Writes text into the innermost buffer, or into the body where no buffer is open (PHP: `echo`).
  ///
  /// Suspends while the client reads more slowly than the handler writes.
  ///
  /// - Parameter text: Written as UTF-8.
  /// - Throws: ``ResponseError/Code/declaredLengthExceeded`` (nothing of `text` was taken),
  ///   ``ResponseError/Code/disconnected`` and ``ResponseError/Code/timedOut`` where a disconnect isn't
  ///   ignored, ``ResponseError/Code/encodingFailed``, ``ResponseError/Code/invalidStatus`` where bytes
  ///   that commit the head find an interim status, ``ResponseError/Code/ended`` once the response has
  ///   failed or the handler has returned, and what an earlier write without `await` was refused for, such
  ///   as ``ResponseError/Code/unsentLimitExceeded``. Writing after ``finish(_:)`` is no error: the bytes
  ///   are discarded and counted. Writing after the commit of a head that is all of the response is
  ///   ``ResponseError/Code/disconnected`` in the same way.
  public func write(_ text: String) async throws(ResponseError) {
    guard #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) else {
      return try await write(ContiguousArray(text.utf8).span)
    }
    var text = text
    text.makeContiguousUTF8()
    try await write(text.utf8.span)
  }

  /// Writes bytes into the innermost buffer, or into the body where no buffer is open.
  ///
  /// - Parameter bytes: Any number of bytes.
  /// - Throws: As ``write(_:)-(String)``.
  public func write(_ bytes: Span<UInt8>) async throws(ResponseError) {
    try checkClient()
    try checkReader()
    // What was written without `await` goes first, and makes room.
    try await transmitIfDue()
    if output.level > 0 {
      withoutUnsentLimit { output.write(bytes) }
      return try await transmitIfDue()
    }
    try output.sink.machine.checkDeclaredLength(adding: bytes.count)
    var rest = bytes
    repeat {
      let slice = rest.extracting(first: ResponseMachine.writeSliceByteCount)
      output.write(slice)
      rest = rest.extracting(droppingFirst: slice.count)
      try await transmitIfDue()
    } while !rest.isEmpty
    // The rest of what has committed the head is no going on.
    over?.discardedByteCount = discardedByteCount
  }

  /// Sends everything written so far to the client: through every buffer of the stack, the encoder,
  /// and the transport (PHP: `ob_flush()` for each level, and `flush()`).
  ///
  /// When it returns, the transport has taken the bytes, and the client can decode all of them without
  /// any later one. Without anything written it sends the head. With nothing new, and after
  /// ``finish(_:)``, it does nothing.
  ///
  /// - Throws: `OutputBufferError` when a buffer isn't flushable (nothing is flushed then), and as
  ///   ``write(_:)-(String)``.
  public func flush() async throws {
    try checkClient()
    try throwRefusal()
    guard !output.sink.machine.hasEnded else { return }
    try withoutUnsentLimit { () throws(OutputBufferError) in try output.flushAll() }
    try throwRefusal()
    try runBeforeCommit()
    try change { machine throws(ResponseError) in try machine.flush() }
    if let over, discardedByteCount > over.discardedByteCount { try checkReader() }
    try await transmitIfDue()
  }

  /// Flushes the innermost buffer into the one below it (PHP: `ob_flush()`).
  ///
  /// - Throws: `OutputBufferError` without a buffer or when it isn't flushable, and as
  ///   ``write(_:)-(String)``.
  public func flushBuffer() async throws {
    try checkClient()
    try withoutUnsentLimit { () throws(OutputBufferError) in try output.flush() }
    try await transmitIfDue()
  }

  /// Throws what the handler has to know of its client before anything else.
  func checkClient() throws(ResponseError) {
    switch phase {
    case .finished: return
    case .concluded:
      throw ResponseError(code: .ended, message: "the handler of this response has returned")
    case .failed:
      throw ResponseError(code: .ended, message: "the response has failed and was left incomplete")
    case .open, .begun, .over, .lost:
      guard exchange.status.isBroken else { return }
      output.sink.machine.abort()
      try throwBroken()
    }
  }

  /// Whether the handler works on without anybody to answer: what it does to the response is in vain,
  /// and no error.
  var isWithoutClient: Bool {
    switch phase {
    case .failed, .concluded: false
    case .open, .begun, .over, .finished, .lost:
      output.sink.machine.isAborted && exchange.status == .aborted && !exchange.isHandlerTold
    }
  }

  /// The value of ``ignoresDisconnect`` at the moment the client left counts.
  func throwBroken() throws(ResponseError) {
    if let error = broken { throw error }
  }

  /// What the handler is told of a response that is broken off; nil where it ignores that.
  var broken: ResponseError? {
    exchange.status == .timedOut ? .timeLimit : exchange.isHandlerTold ? .clientGone : nil
  }
}

// The way to the adapter.
extension BufferedResponse {
  /// Hands over what is due and waits until the transport has taken it.
  func transmitIfDue() async throws(ResponseError) {
    try throwRefusal()
    try commitIfDeferred()
    if output.sink.machine.isOutputDue { try await transmit() }
  }

  /// Hands over what is sendable and waits until the transport has taken it.
  ///
  /// - Returns: Whether it was taken.
  @discardableResult
  func transmit() async throws(ResponseError) -> Bool {
    // An end that isn't whole is told by ``settle(_:isHandlerDone:)``.
    guard !output.sink.machine.isAborted else { return false }
    if output.sink.machine.isContentComplete { await runBeforeRelease(isReleasing: false) }
    let isOver = output.sink.machine.isOver && over == nil
    if isOver { exchange.release(needsAdmission: true) }
    let keptByteCount = Self.keptByteCount(isFlushed: output.sink.machine.isFlushRequested)
    guard let next = takeOutput() else { return true }
    let (hasHead, byteCount) = (next.head != nil, next.contentByteCount)
    guard let storage = await exchange.deliver(next, isUnfinished: isOver) else {
      output.sink.machine.abort()
      try throwBroken()
      return false
    }
    metrics.sent(byteCount)
    if isOver {
      phase = .over(Over(discardedByteCount: discardedByteCount))
      releasedWorks?.release()
    } else if hasHead {
      phase = .begun
    }
    if storage.capacity <= keptByteCount { spent = storage }
    return true
  }

  /// Takes what is sendable; nil where nothing is.
  func takeOutput() -> ResponseOutput? {
    var storage: ContiguousArray<UInt8> = []
    swap(&storage, &spent)
    let next = output.sink.machine.takeOutput(reusing: storage)
    guard !next.isEmpty else { return nil }
    if next.head != nil {
      logger.explain(output.sink.machine.decision)
      observer?(self)
    }
    return next
  }

  /// The most bytes of storage that stay for the next output.
  ///
  /// Behind a flush it is less: how long it is until the next write nobody knows, and many streams wait.
  private static func keptByteCount(isFlushed: Bool) -> Int {
    isFlushed ? 4 * 1024 : 2 * ResponseMachine.writeSliceByteCount
  }

  /// Throws what an earlier write was refused for.
  func throwRefusal() throws(ResponseError) {
    try change { _ throws(ResponseError) in }
  }

  /// Changes the machine; where that makes it give the message up, the client is told at once.
  func change(
    _ body: (inout ResponseMachine) throws(ResponseError) -> Void
  ) throws(ResponseError) {
    do throws(ResponseError) {
      try output.sink.throwRefusal()
      try body(&output.sink.machine)
    } catch {
      if output.sink.machine.isAborted { settle(error, isHandlerDone: false) }
      throw error
    }
  }

  /// Moves what buffers hold already: the limit of what nobody waits for is not meant for it.
  func withoutUnsentLimit<E>(_ body: () throws(E) -> Void) throws(E) {
    output.sink.machine.limitsUnsentBytes = false
    defer { output.sink.machine.limitsUnsentBytes = true }
    try body()
  }
}
