import HTTPTypes

/// The hooks of one response; it belongs to the handler's task.
final class ResponseHooks {
  private var beforeCommit: [(inout HTTPResponse) -> Void] = []
  /// How many of them have run since the head was last as it began.
  private var beforeCommitCount = 0
  private var isRunningBeforeCommit = false
  private var beforeRelease: [@Sendable () async -> Void] = []
  private var isReleased = false
  private var atEnd: [@Sendable (ConnectionStatus) async -> Void]? = []

  var hasEndHooks: Bool { atEnd?.isEmpty == false }

  func addBeforeCommit(_ hook: @escaping (inout HTTPResponse) -> Void) {
    beforeCommit.append(hook)
  }

  /// The hook to run next before the commit; nil when all have run.
  func takeBeforeCommit() -> ((inout HTTPResponse) -> Void)? {
    guard beforeCommitCount < beforeCommit.count else { return nil }
    isRunningBeforeCommit = true
    defer { beforeCommitCount += 1 }
    return beforeCommit[beforeCommitCount]
  }

  /// All hooks before the commit have run.
  func endBeforeCommit() {
    isRunningBeforeCommit = false
  }

  /// What the hooks changed in the head has been discarded: they run again before the commit.
  ///
  /// - Returns: Whether there are any.
  func rearmBeforeCommit() -> Bool {
    // A hook that discards is not to be run for ever.
    if !isRunningBeforeCommit { beforeCommitCount = 0 }
    return !beforeCommit.isEmpty
  }

  func addBeforeRelease(_ hook: @escaping @Sendable () async -> Void) throws(ResponseError) {
    guard !isReleased else {
      throw ResponseError(code: .ended, message: "the hooks before the release have run")
    }
    beforeRelease.append(hook)
  }

  func addAtEnd(_ hook: @escaping @Sendable (ConnectionStatus) async -> Void) throws(ResponseError)
  {
    guard atEnd != nil else {
      throw ResponseError(code: .ended, message: "the hooks at the end have run")
    }
    atEnd?.append(hook)
  }

  /// Runs what has been registered.
  ///
  /// - Parameter isReleasing: Whether the end is due: nothing can be registered any more.
  func runBeforeRelease(isReleasing: Bool = true) async {
    let hooks = beforeRelease
    beforeRelease = []
    isReleased = isReleased || isReleasing
    await withoutCancellation(hooks.isEmpty) {
      for hook in hooks { await hook() }
    }
  }

  func runAtEnd(_ status: ConnectionStatus) async {
    guard let hooks = atEnd else { return }
    atEnd = nil
    await withoutCancellation(hooks.isEmpty) {
      for hook in hooks { await hook(status) }
    }
  }

  /// There is no cancellation shield before Swift 6.4; a task of its own isn't cancelled with this one.
  private func withoutCancellation(
    _ isEmpty: Bool, _ operation: @escaping @Sendable () async -> Void
  ) async {
    guard !isEmpty else { return }
    await Task { await operation() }.value
  }
}
