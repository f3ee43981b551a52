extension ResponseMachine {
  /// How much of a body may be collected because it is in memory, in bytes: what comes of it without a wait
  /// between its parts.
  ///
  /// A body of unknown length is collected up to what an open response holds, an event stream not at all:
  /// its events aren't kept waiting for those that follow.
  ///
  /// - Parameter bodyByteCount: The body's length in bytes, where it is known.
  /// - Returns: How much.
  package mutating func collectableByteCount(of bodyByteCount: Int?) -> Int {
    if let bodyByteCount, 0...settings.wholeByteLimit ~= bodyByteCount {
      return settings.wholeByteLimit
    }
    return isEventStream ? 0 : settings.streamedByteLimit
  }
}
