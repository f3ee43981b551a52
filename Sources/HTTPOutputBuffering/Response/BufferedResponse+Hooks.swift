extension BufferedResponse {
  /// Registers what must happen before the client can act on the answer, such as giving back the lock
  /// of a session.
  ///
  /// The hooks run in the order of registration, once, before the end of the message is sent, and not
  /// before it is certain that the message can be ended. Where a flush gives the client the last byte
  /// earlier than that, because it completes a declared length or the head is all there is, they run
  /// before that flush. When there is no end, because the handler failed or the client left, they run
  /// when the handler has ended. They are not cancelled with the handler's task.
  ///
  /// - Parameter hook: What to do.
  /// - Throws: ``ResponseError/Code/ended`` when the hooks have run.
  public func beforeRelease(
    _ hook: @escaping @Sendable () async -> Void
  ) throws(ResponseError) {
    try hooks.addBeforeRelease(hook)
  }

  /// Registers what must happen at the very end, whatever becomes of the client (PHP:
  /// `register_shutdown_function()`).
  ///
  /// The hooks run in the order of registration, once, after the response has ended and the handler
  /// has returned or thrown. They are not cancelled with the handler's task.
  ///
  /// - Parameter hook: What to do; it gets the final status.
  /// - Throws: ``ResponseError/Code/ended`` when the hooks have run.
  public func atEnd(
    _ hook: @escaping @Sendable (ConnectionStatus) async -> Void
  ) throws(ResponseError) {
    try hooks.addAtEnd(hook)
  }
}
