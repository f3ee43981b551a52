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

  /// Makes the end of a whole message; sending it is still due.
  private func prepareEnd() async throws(ResponseError) {
    // A page that the buffers hold is in memory already, and whole: it leaves with its length.
    output.sink.machine.takesRest = true
    withoutUnsentLimit { output.endAll() }
    output.sink.machine.takesRest = false
    try runBeforeCommit()
    try await sendLongRest()
    // Before the hooks: what can't be ended must not have released anything.
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

  /// Sends what the buffers held in slices, where it is too long to be coded whole.
  private func sendLongRest() async throws(ResponseError) {
    guard output.sink.machine.isTooLongToCode else { return }
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

  /// Brings the response to its end after the handler has returned or thrown.
  ///
  /// - Parameter failure: What the handler threw.
  /// - Returns: False where nothing is left to be done by this task, and what is left when the transport has
  ///   taken the end, or never will, is a ``ResponseConclusion``.
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
    // Whatever its handler has come to: the client has all of it.
    let isWhole = isFinished || over != nil
    if over != nil { finishOver() }
    if let failure { settle(failure, isHandlerDone: true) }
    if isFinished {
      // As at the end of a PHP request; the bytes are counted.
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
      // It is the handler's.
      exchange.setTimeLimit(nil)
      await releasedWorks.ended()
    }
    return true
  }

  /// Hands the end over, with all that is left to do behind it.
  ///
  /// - Returns: False if it can't be sent.
  private func handOverEnd() throws(ResponseError) -> Bool {
    guard let last = takeOutput() else { return false }
    let phase = phase
    _ = hooks.takeAtEnd()
    self.phase = .concluded
    let conclusion = ResponseConclusion(response: self, byteCount: last.contentByteCount)
    // From here on the response is the conclusion's.
    guard !exchange.end(with: last, conclusion) else { return true }
    self.phase = phase
    output.sink.machine.abort()
    try throwBroken()
    return false
  }

  /// Counts the response, which nothing changes any more but its hooks.
  func record(_ outcome: ResponseMetrics.Outcome) {
    if output.refusedOperationCount > 0 {
      logger.warning(
        "output handlers used the stack they run in, which is refused",
        metadata: ["operations": "\(output.refusedOperationCount)"])
    }
    metrics.ended(output.sink.machine, outcome)
    #if Tracing
      span?.end(output.sink.machine, outcome)
    #endif
    observer?(self)
  }

  /// Makes a failure visible: to the client as an error page or a broken message, to the operator.
  ///
  /// Only the first call counts, until the response is finished.
  ///
  /// - Parameters:
  ///   - failure: What has failed.
  ///   - isHandlerDone: Whether nothing of the handler is left but its hooks.
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
      logger.debug("handler ended without its client", metadata: ["error": "\(failure)"])
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
