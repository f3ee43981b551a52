import HTTPTypes

/// The hooks of one response.
struct ResponseHooks {
  private var beforeCommit: [(inout HTTPResponse) -> Void] = []
  /// How many of them have run since the head was last as it began.
  private var beforeCommitCount = 0
  private var isRunningBeforeCommit = false
  private var beforeRelease: [@Sendable () async -> Void] = []
  private var isReleased = false
  private var atEnd: [@Sendable (ConnectionStatus) async -> Void]? = []

  var hasEndHooks: Bool { atEnd?.isEmpty == false }

  /// Whether the hooks at the end run, or have run: nothing of the handler but these is left.
  var isAtEnd: Bool { atEnd == nil }

  mutating func addBeforeCommit(_ hook: @escaping (inout HTTPResponse) -> Void) {
    beforeCommit.append(hook)
  }

  /// The hook to run next before the commit; nil when all have run.
  mutating func takeBeforeCommit() -> ((inout HTTPResponse) -> Void)? {
    guard beforeCommitCount < beforeCommit.count else { return nil }
    isRunningBeforeCommit = true
    defer { beforeCommitCount += 1 }
    return beforeCommit[beforeCommitCount]
  }

  /// All hooks before the commit have run.
  mutating func endBeforeCommit() {
    isRunningBeforeCommit = false
  }

  /// What the hooks changed in the head has been discarded: they run again before the commit.
  ///
  /// - Returns: Whether there are any.
  mutating func rearmBeforeCommit() -> Bool {
    // A hook that discards is not to be run for ever.
    if !isRunningBeforeCommit { beforeCommitCount = 0 }
    return !beforeCommit.isEmpty
  }

  mutating func addBeforeRelease(_ hook: @escaping @Sendable () async -> Void) throws(ResponseError)
  {
    guard !isReleased else {
      throw ResponseError(code: .ended, message: "the hooks before the release have run")
    }
    beforeRelease.append(hook)
  }

  mutating func addAtEnd(_ hook: @escaping @Sendable (ConnectionStatus) async -> Void)
    throws(ResponseError)
  {
    guard atEnd != nil else {
      throw ResponseError(code: .ended, message: "the hooks at the end have run")
    }
    atEnd?.append(hook)
  }

  /// Takes the hooks before the release that are due; when it is releasing, no more can be registered.
  mutating func takeBeforeRelease(isReleasing: Bool) -> [@Sendable () async -> Void] {
    isReleased = isReleased || isReleasing
    defer { beforeRelease = [] }
    return beforeRelease
  }

  /// Takes the hooks at the end; nothing can be registered any more.
  mutating func takeAtEnd() -> [@Sendable (ConnectionStatus) async -> Void] {
    defer { atEnd = nil }
    return atEnd ?? []
  }
}
