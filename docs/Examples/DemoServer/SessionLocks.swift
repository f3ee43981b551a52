#if Hummingbird
  /// An exclusive lock for each session, like that of PHP's session files.
  ///
  /// The next request of the same session waits for it.
  actor SessionLocks {
    private var held: Set<String> = []
    private var waiting: [String: [CheckedContinuation<Void, Never>]] = [:]

    func lock(_ session: String) async {
      if held.insert(session).inserted { return }
      await withCheckedContinuation { waiting[session, default: []].append($0) }
    }

    func unlock(_ session: String) {
      guard var queue = waiting[session], !queue.isEmpty else {
        held.remove(session)
        return
      }
      let next = queue.removeFirst()
      waiting[session] = queue
      next.resume()
    }
  }
#endif
