public import HTTPTypes
import OutputBuffering

extension BufferedResponse {
  /// Registers what may still change the head right before it is committed, such as the cookie of a
  /// session (PHP: `header_register_callback()`).
  ///
  /// ```swift
  /// try response.beforeCommit { head in
  ///   head.headerFields.append(HTTPField(name: .setCookie, value: session.cookie))
  /// }
  /// ```
  ///
  /// The hooks run in the order of registration, once, whatever commits the response: a flush,
  /// ``finish(_:)``, the handler's return, or a body that outgrows
  /// ``ResponseSettings/maximumBufferedBytes``. Status and fields may be changed; coding, length and
  /// framing are decided afterwards. What a hook writes belongs to the body. After ``reset()`` has
  /// discarded their changes the hooks run again before the next commit. They don't run when nothing of
  /// this response is committed: the handler failed before, the client had left, or the head has too many
  /// fields, so that there is always room for those of a hook. A hook that calls ``reset()`` itself discards
  /// the body, and isn't run again for that.
  ///
  /// While hooks are registered, a write without `await` doesn't commit the head; the response's next
  /// operation that is awaited does.
  ///
  /// - Parameter hook: Changes the head in place.
  /// - Throws: ``ResponseError/Code/committed`` once the head is sent, ``ResponseError/Code/ended`` after
  ///   the end.
  public func beforeCommit(
    _ hook: @escaping (inout HTTPResponse) -> Void
  ) throws(ResponseError) {
    guard !isWithoutClient else { return }
    try output.sink.machine.requireOpen("the head")
    hooks.addBeforeCommit(hook)
    output.sink.machine.defersCommit = true
  }

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

extension BufferedResponse {
  /// Runs the hooks before the commit, which is due.
  ///
  /// Outside the machine, so that a hook may use the response.
  ///
  /// - Throws: ``ResponseError/Code/tooManyFields``: the head may have no room for those of a hook. What is
  ///   left of the hooks runs before the next commit.
  func runBeforeCommit() throws(ResponseError) {
    guard output.sink.machine.isOpen, output.sink.machine.defersCommit else { return }
    try output.sink.machine.head.requireSendableCount()
    while let hook = hooks.takeBeforeCommit() {
      let current = output.sink.machine.head
      var head = current
      hook(&head)
      // Otherwise what the hook has changed by way of the response holds.
      if head != current { output.sink.machine.replaceHead(head) }
      try output.sink.machine.head.requireSendableCount()
    }
    hooks.endBeforeCommit()
    output.sink.machine.defersCommit = false
  }

  /// Runs what is to happen before the client can act on the answer.
  ///
  /// - Parameter isReleasing: Whether the end is due: nothing can be registered any more.
  func runBeforeRelease(isReleasing: Bool = true) async {
    let due = hooks.takeBeforeRelease(isReleasing: isReleasing)
    await Self.withoutCancellation(due.isEmpty) {
      for hook in due { await hook() }
    }
  }

  /// There is no cancellation shield before Swift 6.4; a task of its own isn't cancelled with this one.
  static func withoutCancellation(
    _ isEmpty: Bool, _ operation: @escaping @Sendable () async -> Void
  ) async {
    guard !isEmpty else { return }
    await Task { await operation() }.value
  }

  /// Commits what a write or a flush without `await` would have committed.
  func commitIfDeferred() throws(ResponseError) {
    guard output.sink.machine.isCommitDue else { return }
    try runBeforeCommit()
    try change { machine throws(ResponseError) in try machine.commitDeferred() }
  }
}
