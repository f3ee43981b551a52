import Logging
import OutputBuffering

extension BufferedResponse {
  /// What becomes of the connection when the response has ended.
  public enum ConnectionPersistence: Sendable, Hashable {
    /// The connection serves the client's next request.
    case keepAlive
    /// The connection is closed once the last byte is written (RFC 9112 §9.6).
    case close
  }

  /// Ends the response now, while the handler works on (PHP: `fastcgi_finish_request()`).
  ///
  /// Ends every buffer, removable or not, ends the coding, runs the ``beforeRelease(_:)`` hooks, sends
  /// the end of the message, and returns when the transport has taken it. From then on
  ///
  /// - the client has the whole answer; no compressor, level or buffer can delay it;
  /// - the connection serves its next request, or is closed with ``ConnectionPersistence/close``, while
  ///   the handler works on, as far as the after-response service admits the work;
  /// - writes are discarded and counted in ``discardedByteCount``, changes of the head throw;
  /// - the handler's task isn't cancelled any more when the client leaves.
  ///
  /// The request's body has to be read before: what reads it later is told
  /// ``ResponseError/Code/requestBodyUnavailable``, where the adapter's page says so. A second call does
  /// nothing. Where the head was all of the response the client has been released by the commit, and
  /// ``ConnectionPersistence/close`` comes too late.
  ///
  /// - Parameter connection: What becomes of the connection.
  /// - Throws: ``ResponseError/Code/declaredLengthExceeded`` and
  ///   ``ResponseError/Code/declaredLengthNotReached`` (an uncommitted response stays open and can be
  ///   ``reset()``; a committed one is aborted), ``ResponseError/Code/disconnected`` and
  ///   ``ResponseError/Code/timedOut`` where a disconnect isn't ignored,
  ///   ``ResponseError/Code/encodingFailed``, ``ResponseError/Code/invalidStatus`` of an interim status,
  ///   ``ResponseError/Code/ended`` once the response has failed or the handler has returned, and what an
  ///   earlier write without `await` was refused for.
  public func finish(
    _ connection: ConnectionPersistence = .keepAlive
  ) async throws(ResponseError) {
    try checkClient()
    try throwRefusal()
    guard !output.sink.machine.hasEnded else { return }
    if connection == .close { output.sink.machine.closeConnectionAtEnd() }
    try await end(isEarly: true)
    if hasFinished { metrics.finishedEarly() }
  }

  /// Ends the response as a whole message.
  private func end(isEarly: Bool) async throws(ResponseError) {
    // A page that the buffers hold is in memory already, and whole: it leaves with its length.
    output.sink.machine.takesRest = true
    withoutUnsentLimit { output.endAll() }
    output.sink.machine.takesRest = false
    try runBeforeCommit()
    try await sendLongRest()
    // Before the hooks: what can't be ended must not have released anything.
    try change { machine throws(ResponseError) in try machine.finish() }
    await hooks.runBeforeRelease()
    exchange.release(needsAdmission: isEarly || hooks.hasEndHooks)
    guard over != nil else {
      hasFinished = try await transmit()
      return
    }
    hasFinished = finishOver()
    if !hasFinished { try throwBroken() }
  }

  /// Sends what the buffers held in slices, where it is too long to be coded whole.
  private func sendLongRest() async throws(ResponseError) {
    guard output.sink.machine.isTooLongToCode else { return }
    var held: ContiguousArray<UInt8> = []
    try change { machine throws(ResponseError) in held = try machine.commitReleasing(adding: 0) }
    var position = 0
    while position < held.count {
      let end = min(position + ResponseMachine.writeSliceByteCount, held.count)
      try change { machine throws(ResponseError) in
        try machine.write(held.span.extracting(position..<end))
      }
      try await transmitIfDue()
      position = end
    }
  }

  /// Brings the response to its end after the handler has returned or thrown.
  ///
  /// - Parameter failure: What the handler threw.
  func conclude(_ failure: (any Error)?) async {
    var failure = failure
    if failure == nil && !hasFinished {
      do {
        try checkClient()
        try throwRefusal()
        if !output.sink.machine.hasEnded { try await end(isEarly: false) }
      } catch {
        failure = error
      }
    }
    hasHandlerReturned = true
    await hooks.runBeforeRelease()
    // Whatever its handler has come to: the client has all of it.
    let isWhole = hasFinished || over != nil
    if over != nil { hasFinished = finishOver() }
    if let failure { settle(failure) }
    if hasFinished {
      // As at the end of a PHP request; the bytes are counted.
      output.endAll()
    } else {
      output.sink.machine.abort()
      output.discardAll()
    }
    if output.refusedOperationCount > 0 {
      logger.warning(
        "output handlers used the stack they run in, which is refused",
        metadata: ["operations": "\(output.refusedOperationCount)"])
    }
    metrics.ended(
      output.sink.machine,
      isWhole ? .finished : hasFailed ? .failed : .init(exchange.status))
    observer?(self)
    await hooks.runAtEnd(exchange.status)
    isConcluded = true
  }

  /// Makes a failure visible: to the client as an error page or a broken message, to the operator.
  func settle(_ failure: any Error) {
    guard !hasFinished else {
      let isTold = (failure as? ResponseError)?.code == .disconnected
      logger.log(
        level: isTold ? .debug : .error, "handler failed after its response was finished",
        metadata: ["error": "\(failure)"])
      return
    }
    guard !isSettled else { return }
    isSettled = true
    guard !exchange.status.isBroken else {
      logger.debug("handler ended without its client", metadata: ["error": "\(failure)"])
      return
    }
    hasFailed = true
    exchange.release(needsAdmission: !hasHandlerReturned || hooks.hasEndHooks)
    if isHeadDelivered {
      logger.error("response left incomplete", metadata: ["error": "\(failure)"])
      exchange.breakOff(.aborted, cancelsHandler: false)
    } else {
      exchange.fail(failure)
    }
  }
}
