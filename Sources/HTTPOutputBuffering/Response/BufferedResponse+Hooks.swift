public import HTTPTypes
import OutputBuffering

extension BufferedResponse {
  /// Registers a hook that may change the head right before it is committed, for example to add a
  /// session's cookie (PHP: `header_register_callback()`).
  ///
  /// ```swift
  /// try response.beforeCommit { head in
  ///   head.headerFields.append(HTTPField(name: .setCookie, value: session.cookie))
  /// }
  /// ```
  ///
  /// The hooks run once, in the order of registration, whatever commits the response: a flush,
  /// ``finish(_:)``, the handler's return, or a body that exceeds
  /// ``ResponseSettings/maximumBufferedBytes``. A hook may change status and fields; coding, length
  /// and framing are decided afterwards. Bytes that a hook writes belong to the body.
  ///
  /// If ``reset()`` discards their changes, the hooks run again before the next commit; a hook that
  /// calls ``reset()`` itself discards the body and isn't run again for that. The hooks don't run
  /// if nothing of this response is committed: because the handler failed before, the client had
  /// left, or the head has too many fields, so that there is always room for a hook's fields.
  ///
  /// While hooks are registered, a write without `await` doesn't commit the head; the response's
  /// next awaited operation does.
  ///
  /// - Parameter hook: A closure that changes the head in place.
  /// - Throws: ``ResponseError/Code/committed`` once the head is sent, ``ResponseError/Code/ended``
  ///   after the end.
  public func beforeCommit(
    _ hook: @escaping (inout HTTPResponse) -> Void
  ) throws(ResponseError) {
    guard !isWithoutClient else { return }
    try output.sink.machine.requireOpen("a hook can't be registered for the commit")
    hooks.addBeforeCommit(hook)
    output.sink.machine.defersCommit = true
  }

  /// Registers a hook that runs before the client can act on the answer, for example to release a
  /// session's lock.
  ///
  /// The hooks run once, in the order of registration, before the end of the message is sent and
  /// after it is certain that the message can end. If a flush gives the client the last byte
  /// earlier, because it completes a declared length or the head is the whole response, they run
  /// before that flush. If the handler fails or the client leaves, they run when the handler has
  /// ended. Cancelling the handler's task doesn't cancel them.
  ///
  /// - Parameter hook: The hook.
  /// - Throws: ``ResponseError/Code/ended`` after the hooks have run.
  public func beforeRelease(
    _ hook: @escaping @Sendable () async -> Void
  ) throws(ResponseError) {
    try hooks.addBeforeRelease(hook)
  }

  /// Registers a hook that runs at the very end, even if the client has left (PHP:
  /// `register_shutdown_function()`).
  ///
  /// The hooks run once, in the order of registration, after the response has ended and the handler
  /// has returned or thrown. Cancelling the handler's task doesn't cancel them.
  ///
  /// - Parameter hook: The hook, which receives the final status.
  /// - Throws: ``ResponseError/Code/ended`` after the hooks have run.
  public func atEnd(
    _ hook: @escaping @Sendable (ConnectionStatus) async -> Void
  ) throws(ResponseError) {
    try hooks.addAtEnd(hook)
  }
}

extension BufferedResponse {
  /// Runs the `beforeCommit` hooks; the commit is due.
  ///
  /// They run outside the machine, so that a hook may use the response.
  ///
  /// - Throws: ``ResponseError/Code/tooManyFields`` if the head may have no room for a hook's
  ///   fields. The remaining hooks run before the next commit.
  func runBeforeCommit() throws(ResponseError) {
    guard output.sink.machine.isOpen, output.sink.machine.defersCommit else { return }
    try output.sink.machine.head.headerFields.count.requireSendableFieldCount()
    while let hook = hooks.takeBeforeCommit() {
      let current = output.sink.machine.head
      var head = current
      hook(&head)
      // Otherwise keep the changes that the hook has made through the response.
      if head != current { output.sink.machine.head = head }
      try output.sink.machine.head.headerFields.count.requireSendableFieldCount()
    }
    hooks.endBeforeCommit()
    output.sink.machine.defersCommit = false
  }

  /// Runs the `beforeRelease` hooks that are due.
  ///
  /// - Parameter isReleasing: Whether the end is due, so that no more hooks can be registered.
  func runBeforeRelease(isReleasing: Bool = true) async {
    let due = hooks.takeBeforeRelease(isReleasing: isReleasing)
    await Self.withoutCancellation(due.isEmpty) {
      for hook in due { await hook() }
    }
  }

  /// Runs an operation in its own task, which isn't cancelled with the current one; Swift has no
  /// cancellation shield before 6.4.
  static func withoutCancellation(
    _ isEmpty: Bool, _ operation: @escaping @Sendable () async -> Void
  ) async {
    guard !isEmpty else { return }
    await Task { await operation() }.value
  }

  /// Performs the commit that a write or flush without `await` has deferred.
  func commitIfDeferred() throws(ResponseError) {
    guard output.sink.machine.isCommitDue else { return }
    try runBeforeCommit()
    try change { machine throws(ResponseError) in try machine.commitDeferred() }
  }
}
