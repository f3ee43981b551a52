import Logging
import OutputBuffering

extension BufferedResponse {
  /// What happens to the connection when the response has ended.
  public enum ConnectionPersistence: Sendable, Hashable {
    /// The connection serves the client's next request.
    case keepAlive
    /// The connection closes after the last byte (RFC 9112 §9.6).
    case close
  }

  /// Ends the response while the handler continues (PHP: `fastcgi_finish_request()`).
  ///
  /// It ends every buffer, removable or not, ends the coding, runs the ``beforeRelease(_:)`` hooks,
  /// sends the end of the message, and returns when the transport has taken it. From then on
  ///
  /// - the client has the whole answer, and no compressor, level or buffer delays it;
  /// - the connection serves its next request, or closes with ``ConnectionPersistence/close``,
  ///   while the handler continues, provided that the after-response service admits the work;
  /// - writes are discarded and counted in ``discardedByteCount``, and changes to the head throw;
  /// - the handler's task is no longer cancelled when the client leaves.
  ///
  /// Read the request's body before: a later read throws
  /// ``ResponseError/Code/requestBodyUnavailable`` if the adapter's page says so. A second call
  /// does nothing. If the head was the whole response, the commit has released the client, and
  /// ``ConnectionPersistence/close`` comes too late.
  ///
  /// - Parameter connection: What happens to the connection.
  /// - Throws: The error of an earlier write without `await`, or one of:
  ///   - ``ResponseError/Code/declaredLengthExceeded``,
  ///     ``ResponseError/Code/declaredLengthNotReached``: an uncommitted response stays open, and
  ///     ``reset()`` can discard it; a committed one is aborted.
  ///   - ``ResponseError/Code/invalidStatus`` for an interim status, and
  ///     ``ResponseError/Code/tooManyFields``: the response stays open.
  ///   - ``ResponseError/Code/encodingFailed``: the response is aborted.
  ///   - ``ResponseError/Code/disconnected`` and ``ResponseError/Code/timedOut``, unless a disconnect
  ///     is ignored.
  ///   - ``ResponseError/Code/ended`` once the response has failed or the handler has returned.
  public func finish(
    _ connection: ConnectionPersistence = .keepAlive
  ) async throws(ResponseError) {
    try checkClient()
    try throwRefusal()
    guard !output.sink.machine.hasEnded else { return }
    if connection == .close { output.sink.machine.closeConnectionAtEnd() }
    try await prepareEnd()
    try await sendEnd(needsAdmission: true)
    guard isFinished else { return }
    metrics.finishedEarly()
    #if Tracing
      span?.finishedEarly()
    #endif
  }

  private var isFinished: Bool {
    if case .finished = phase { true } else { false }
  }

  /// Ends the message in the machine, without sending the end.
  private func prepareEnd() async throws(ResponseError) {
    // The buffers' content is in memory and complete, so it is sent with its length.
    output.sink.machine.takesRest = true
    withoutUnsentLimit { output.endAll() }
    output.sink.machine.takesRest = false
    try runBeforeCommit()
    if output.sink.machine.isTooLongToCode { try await sendLongRest() }
    // Check before the hooks run: a response that can't end must not release anything.
    try change { machine throws(ResponseError) in try machine.finish() }
    await runBeforeRelease()
  }

  /// Sends the end and waits until the transport has taken it.
  private func sendEnd(needsAdmission: Bool) async throws(ResponseError) {
    exchange.release(needsAdmission: needsAdmission)
    guard over != nil else {
      if try await transmit() {
        phase = .finished
        releasedWorks?.release()
      }
      return
    }
    finishOver()
    if !isFinished { try throwBroken() }
  }

  /// Sends content of the buffers that is too long to be coded whole, in slices.
  private func sendLongRest() async throws(ResponseError) {
    var held: ContiguousArray<UInt8> = []
    try change { machine throws(ResponseError) in
      held = try machine.commitReleasing(adding: 0, isWhole: true)
    }
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

  /// Ends the response after the handler has returned or thrown.
  ///
  /// - Parameter failure: The handler's error, if it threw one.
  /// - Returns: Whether this task has more to do; if false, a ``ResponseConclusion`` does the rest
  ///   when the transport has taken the end, or never will.
  func conclude(_ failure: (any Error)?) async -> Bool {
    var failure = failure
    if failure == nil && !isFinished {
      do {
        try checkClient()
        try throwRefusal()
        if !output.sink.machine.hasEnded {
          try await prepareEnd()
          if !hooks.hasEndHooks && releasedWorks == nil && over == nil {
            if try handOverEnd() { return false }
          } else {
            try await sendEnd(needsAdmission: hooks.hasEndHooks || releasedWorks != nil)
          }
        }
      } catch {
        failure = error
      }
    }
    await runBeforeRelease()
    // The client has the whole response, whether or not its handler succeeded.
    let isWhole = isFinished || over != nil
    if over != nil { finishOver() }
    if let failure { settle(failure, isHandlerDone: true) }
    if isFinished {
      // As at the end of a PHP request. The bytes are counted.
      output.endAll()
    } else {
      output.sink.machine.abort()
      output.discardAll()
    }
    if isWhole {
      record(.finished)
    } else if case .failed = phase {
      record(.failed)
    } else {
      record(.init(exchange.status))
    }
    let atEnd = hooks.takeAtEnd()
    releasedWorks?.release()
    let status = exchange.status
    await Self.withoutCancellation(atEnd.isEmpty) {
      for hook in atEnd { await hook(status) }
    }
    phase = .concluded
    if let releasedWorks {
      // The work belongs to the handler.
      exchange.setTimeLimit(nil)
      await releasedWorks.ended()
    }
    return true
  }

  /// Hands over the end, together with the conclusion that follows it.
  ///
  /// - Returns: False if it can't be sent.
  private func handOverEnd() throws(ResponseError) -> Bool {
    guard let last = takeOutput() else { return false }
    let phase = phase
    _ = hooks.takeAtEnd()
    self.phase = .concluded
    let conclusion = ResponseConclusion(response: self, byteCount: last.contentByteCount)
    // From here on, only the conclusion uses the response.
    guard !exchange.end(with: last, conclusion) else { return true }
    self.phase = phase
    output.sink.machine.abort()
    try throwBroken()
    return false
  }

  /// Counts the response, which only its hooks may still change.
  func record(_ outcome: ResponseMetrics.Outcome) {
    if output.refusedOperationCount > 0 {
      logger.warning(
        "refused operations of output handlers on their own stack",
        metadata: ["operations": "\(output.refusedOperationCount)"])
    }
    metrics.ended(output.sink.machine, outcome)
    #if Tracing
      span?.end(output.sink.machine, outcome)
    #endif
    observer?(self)
  }

  /// Reports a failure: to the client as an error page or a broken message, and to the operator as
  /// a log line.
  ///
  /// Only the first call before the end of the response has an effect.
  ///
  /// - Parameters:
  ///   - failure: The error.
  ///   - isHandlerDone: Whether only the handler's hooks are left to run.
  func settle(_ failure: any Error, isHandlerDone: Bool) {
    let isHeadSent: Bool
    switch phase {
    case .failed, .lost, .concluded: return
    case .finished:
      let isTold = (failure as? ResponseError)?.code == .disconnected
      logger.log(
        level: isTold ? .debug : .error, "handler failed after its response was finished",
        metadata: ["error": "\(failure)"])
      return
    case .open: isHeadSent = false
    case .begun, .over: isHeadSent = true
    }
    guard !exchange.status.isBroken else {
      phase = .lost
      logger.handlerEndedLate(failure)
      return
    }
    phase = .failed
    exchange.release(
      needsAdmission: !isHandlerDone || hooks.hasEndHooks || releasedWorks != nil)
    if isHeadSent {
      logger.error("response left incomplete", metadata: ["error": "\(failure)"])
      exchange.breakOff(.aborted, cancelsHandler: false)
    } else {
      exchange.fail(failure)
    }
  }
}
