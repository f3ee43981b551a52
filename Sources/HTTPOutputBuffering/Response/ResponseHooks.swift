import HTTPTypes

/// The hooks of one response.
struct ResponseHooks {
  private var beforeCommit: [(inout HTTPResponse) -> Void] = []
  /// The number of them that have run since the head was last reset.
  private var beforeCommitCount = 0
  private var isRunningBeforeCommit = false
  private var beforeRelease: [@Sendable () async -> Void] = []
  private var isReleased = false
  private var atEnd: [@Sendable (ConnectionStatus) async -> Void]? = []

  var hasEndHooks: Bool { atEnd?.isEmpty == false }

  /// Whether the `atEnd` hooks are running or have run, so that nothing else of the handler is
  /// left.
  var isAtEnd: Bool { atEnd == nil }

  mutating func addBeforeCommit(_ hook: @escaping (inout HTTPResponse) -> Void) {
    beforeCommit.append(hook)
  }

  /// Takes the next `beforeCommit` hook; nil when all have run.
  mutating func takeBeforeCommit() -> ((inout HTTPResponse) -> Void)? {
    guard beforeCommitCount < beforeCommit.count else { return nil }
    isRunningBeforeCommit = true
    defer { beforeCommitCount += 1 }
    return beforeCommit[beforeCommitCount]
  }

  /// Marks all `beforeCommit` hooks as run.
  mutating func endBeforeCommit() {
    isRunningBeforeCommit = false
  }

  /// Makes the `beforeCommit` hooks run again, after their changes to the head were discarded.
  ///
  /// - Returns: Whether there are any.
  mutating func rearmBeforeCommit() -> Bool {
    // A hook that resets the response must not run forever.
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

  /// Takes the `beforeRelease` hooks that are due; once the response is releasing, no more can be
  /// registered.
  mutating func takeBeforeRelease(isReleasing: Bool) -> [@Sendable () async -> Void] {
    isReleased = isReleased || isReleasing
    defer { beforeRelease = [] }
    return beforeRelease
  }

  /// Takes the `atEnd` hooks; no more can be registered.
  mutating func takeAtEnd() -> [@Sendable (ConnectionStatus) async -> Void] {
    defer { atEnd = nil }
    return atEnd ?? []
  }
}
