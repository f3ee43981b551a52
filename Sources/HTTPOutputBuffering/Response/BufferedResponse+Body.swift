import OutputBuffering

extension BufferedResponse {
  /// Writes text into the innermost buffer, or into the body where no buffer is open (PHP: `echo`).
  ///
  /// Suspends while the client reads more slowly than the handler writes.
  ///
  /// - Parameter text: Written as UTF-8.
  /// - Throws: ``ResponseError/Code/declaredLengthExceeded`` (nothing of `text` was taken),
  ///   ``ResponseError/Code/disconnected`` and ``ResponseError/Code/timedOut`` where a disconnect isn't
  ///   ignored, ``ResponseError/Code/encodingFailed``, ``ResponseError/Code/ended`` once the handler
  ///   has returned. Writing after ``finish(_:)`` is no error: the bytes are discarded and counted.
  public func write(_ text: String) async throws(ResponseError) {
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
    if output.level > 0 {
      output.write(bytes)
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
  }

  /// Sends everything written so far to the client: through every buffer of the stack, the encoder,
  /// and the transport (PHP: `ob_flush()` for each level, and `flush()`).
  ///
  /// When it returns, the transport has taken the bytes, and the client can decode all of them without
  /// any later one. Without anything written it sends the head. With nothing new, and after
  /// ``finish(_:)``, it does nothing.
  ///
  /// - Throws: ``OutputBufferError`` when a buffer isn't flushable (nothing is flushed then), and as
  ///   ``write(_:)-(String)``.
  public func flush() async throws {
    try checkClient()
    guard !output.sink.machine.hasEnded else { return }
    try output.flushAll()
    try output.sink.throwRefusal()
    try output.sink.machine.flush()
    try await transmitIfDue()
  }

  /// Flushes the innermost buffer into the one below it (PHP: `ob_flush()`).
  ///
  /// - Throws: ``OutputBufferError`` without a buffer or when it isn't flushable, and as
  ///   ``write(_:)-(String)``.
  public func flushBuffer() async throws {
    try checkClient()
    try output.flush()
    try await transmitIfDue()
  }

  /// Throws what the handler has to know of its client before anything else.
  func checkClient() throws(ResponseError) {
    guard !isConcluded else {
      throw ResponseError(code: .ended, message: "the handler of this response has returned")
    }
    guard exchange.status.isBroken, !hasFinished else { return }
    output.sink.machine.abort()
    try throwBroken()
  }

  func throwBroken() throws(ResponseError) {
    if exchange.status == .timedOut { throw .timeLimit }
    if !exchange.ignoresDisconnect { throw .clientGone }
  }

  /// Hands over what is due and waits until the transport has taken it.
  func transmitIfDue() async throws(ResponseError) {
    try output.sink.throwRefusal()
    if output.sink.machine.isOutputDue { try await transmit() }
  }

  func transmit() async throws(ResponseError) {
    var storage: ContiguousArray<UInt8> = []
    swap(&storage, &spent)
    let next = output.sink.machine.takeOutput(reusing: storage)
    guard !next.isEmpty else { return }
    metrics.sent(next.body.count)
    let hasHead = next.head != nil
    guard let storage = await exchange.deliver(next) else {
      output.sink.machine.abort()
      return try throwBroken()
    }
    isHeadDelivered = isHeadDelivered || hasHead
    spent = storage
  }
}
