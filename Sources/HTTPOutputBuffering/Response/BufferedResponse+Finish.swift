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
  /// Ends every buffer, removable or not, runs the ``beforeRelease(_:)`` hooks, ends the coding, sends
  /// the end of the message, and returns when the transport has taken it. From then on
  ///
  /// - the client has the whole answer; no compressor, level or buffer can delay it;
  /// - the connection serves its next request, or is closed with ``ConnectionPersistence/close``, while
  ///   the handler works on, as far as the after-response service admits the work;
  /// - writes are discarded and counted in ``discardedByteCount``, changes of the head throw;
  /// - the handler's task isn't cancelled any more when the client leaves.
  ///
  /// The request's body has to be read before. A second call does nothing.
  ///
  /// - Parameter connection: What becomes of the connection.
  /// - Throws: ``ResponseError/Code/declaredLengthExceeded`` and
  ///   ``ResponseError/Code/declaredLengthNotReached`` (an uncommitted response stays open and can be
  ///   ``reset()``; a committed one is aborted), ``ResponseError/Code/disconnected`` where a disconnect
  ///   isn't ignored, ``ResponseError/Code/encodingFailed``.
  public func finish(
    _ connection: ConnectionPersistence = .keepAlive
  ) async throws(ResponseError) {
    try checkClient()
    guard !output.sink.machine.hasEnded else { return }
    if connection == .close { output.sink.machine.closeConnectionAtEnd() }
    try await end(isEarly: true)
    metrics.finishedEarly()
  }

  /// Ends the response as a whole message.
  func end(isEarly: Bool) async throws(ResponseError) {
    output.endAll()
    try output.sink.throwRefusal()
    await hooks.runBeforeRelease()
    try output.sink.machine.finish()
    exchange.release(needsAdmission: isEarly || hooks.hasEndHooks)
    hasFinished = true
    do throws(ResponseError) {
      try await transmit()
    } catch {
      hasFinished = false
      throw error
    }
  }

  /// Brings the response to its end after the handler has returned or thrown.
  ///
  /// - Parameter failure: What the handler threw.
  func conclude(_ failure: (any Error)?) async {
    var failure = failure
    if failure == nil && !output.sink.machine.hasEnded {
      do {
        try checkClient()
        if !output.sink.machine.hasEnded { try await end(isEarly: false) }
      } catch {
        failure = error
      }
    }
    isConcluded = true
    await hooks.runBeforeRelease()
    if let failure { settle(failure) }
    output.sink.machine.abort()
    output.discardAll()
    metrics.ended(output.sink.machine, status: exchange.status)
    await hooks.runAtEnd(exchange.status)
  }

  /// Makes a failure visible: to the client as an error page or a broken message, to the operator.
  private func settle(_ failure: any Error) {
    guard !hasFinished else {
      logger.error(
        "handler failed after its response was finished", metadata: ["error": "\(failure)"])
      return
    }
    if isHeadDelivered {
      exchange.breakOff(.aborted)
    } else {
      exchange.fail(failure)
    }
  }
}
