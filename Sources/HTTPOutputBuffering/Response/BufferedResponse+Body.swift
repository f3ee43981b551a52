import OutputBuffering

extension BufferedResponse {
  /// Writes text into the innermost buffer, or into the body if no buffer is open (PHP: `echo`).
  ///
  /// The call suspends while the client reads more slowly than the handler writes.
  /// A write after ``finish(_:)`` isn't an error: its bytes are discarded and counted.
  ///
  /// - Parameter text: The text, which is written as UTF-8.
  /// - Throws: The error of an earlier write without `await`, such as
  ///   ``ResponseError/Code/unsentLimitExceeded``, or one of:
  ///   - ``ResponseError/Code/declaredLengthExceeded``: none of `text` was accepted.
  ///   - ``ResponseError/Code/invalidStatus`` if the bytes commit a head with an interim status, and
  ///     ``ResponseError/Code/tooManyFields``: the response stays open.
  ///   - ``ResponseError/Code/encodingFailed``: the response is aborted.
  ///   - ``ResponseError/Code/disconnected`` and ``ResponseError/Code/timedOut``, unless a disconnect
  ///     is ignored. A write after the commit of a head that is the whole response throws the former.
  ///   - ``ResponseError/Code/ended`` once the response has failed or the handler has returned.
  public func write(_ text: String) async throws(ResponseError) {
    guard #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) else {
      return try await write(ContiguousArray(text.utf8).span)
    }
    var text = text
    text.makeContiguousUTF8()
    try await write(text.utf8.span)
  }

  /// Writes bytes into the innermost buffer, or into the body if no buffer is open.
  ///
  /// - Parameter bytes: Any number of bytes.
  /// - Throws: As ``write(_:)-(String)``.
  public func write(_ bytes: Span<UInt8>) async throws(ResponseError) {
    try checkClient()
    try checkReader()
    // Send bytes written without `await` first, to make room.
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
    // The rest of the write that committed the head isn't a later write.
    over?.discardedByteCount = discardedByteCount
  }

  /// Sends everything written so far to the client, through every buffer of the stack, the encoder
  /// and the transport (PHP: `ob_flush()` for each level, and `flush()`).
  ///
  /// When it returns, the transport has taken the bytes, and the client can decode all of them
  /// without any later byte. If nothing has been written, it sends the head. If there is nothing
  /// new, or after ``finish(_:)``, it does nothing.
  ///
  /// - Throws: `OutputBufferError` if a buffer isn't flushable (nothing is flushed then), and the
  ///   errors of ``write(_:)-(String)``.
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
  /// - Throws: `OutputBufferError` if no buffer is open or it isn't flushable, and the errors of
  ///   ``write(_:)-(String)``.
  public func flushBuffer() async throws {
    try checkClient()
    try withoutUnsentLimit { () throws(OutputBufferError) in try output.flush() }
    try await transmitIfDue()
  }

  /// Throws if the response has failed or ended, or if its client has left.
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

  /// Whether the handler continues without a client, so that changes to the response have no effect
  /// and throw no error.
  var isWithoutClient: Bool {
    switch phase {
    case .failed, .concluded: false
    case .open, .begun, .over, .finished, .lost:
      output.sink.machine.isAborted && exchange.status == .aborted && !exchange.isHandlerTold
    }
  }

  /// Throws the error of a response that was aborted, unless the handler ignored disconnects when
  /// its client left.
  func throwBroken() throws(ResponseError) {
    if let error = broken { throw error }
  }

  /// The error that the handler gets for an aborted response; nil if it ignores disconnects.
  var broken: ResponseError? {
    exchange.status == .timedOut ? .timeLimit : exchange.isHandlerTold ? .clientGone : nil
  }
}

// Delivery to the adapter.
extension BufferedResponse {
  /// Hands over output that is due, and waits until the transport has taken it.
  func transmitIfDue() async throws(ResponseError) {
    try throwRefusal()
    try commitIfDeferred()
    if output.sink.machine.isOutputDue { try await transmit() }
  }

  /// Hands over all sendable output, and waits until the transport has taken it.
  ///
  /// - Returns: Whether the transport took it.
  @discardableResult
  func transmit() async throws(ResponseError) -> Bool {
    // ``settle(_:isHandlerDone:)`` reports an incomplete end.
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

  /// Takes all sendable output; nil if there is none.
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

  /// The maximum number of bytes of storage kept for the next output.
  ///
  /// After a flush it is smaller, since the next write may be a long time away and many streams may
  /// be waiting.
  private static func keptByteCount(isFlushed: Bool) -> Int {
    isFlushed ? 4 * 1024 : 2 * ResponseMachine.writeSliceByteCount
  }

  /// Throws the error of an earlier write without `await`.
  func throwRefusal() throws(ResponseError) {
    try change { _ throws(ResponseError) in }
  }

  /// Changes the machine; if that aborts the message, the client is told at once.
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

  /// Moves bytes out of buffers, without the limit on unsent bytes.
  func withoutUnsentLimit<E>(_ body: () throws(E) -> Void) throws(E) {
    output.sink.machine.limitsUnsentBytes = false
    defer { output.sink.machine.limitsUnsentBytes = true }
    try body()
  }
}
