#if NIO
  import HTTPOutputBuffering
  import NIOCore
  import Synchronization

  extension HTTPServerConnection {
    /// A stall limit, converted once for callers that set it on every response.
    package struct StallLimit: Sendable {
      /// The limit in nanoseconds; 0 for no limit.
      let nanoseconds: Int64

      /// - Parameter limit: The limit; nil for none.
      package init(_ limit: Duration?) {
        nanoseconds = limit.map { max(TimeAmount($0.boundedForSleep).nanoseconds, 1) } ?? 0
      }
    }

    /// How long the client may take nothing of what is due, from the next write on; nil for no
    /// limit.
    package var stallLimit: Duration? {
      get {
        let nanoseconds = stallNanoseconds.load(ordering: .relaxed)
        return nanoseconds == 0 ? nil : .nanoseconds(nanoseconds)
      }
      set { setStallLimit(StallLimit(newValue)) }
    }

    /// Sets ``stallLimit``.
    package func setStallLimit(_ limit: StallLimit) {
      stallNanoseconds.store(limit.nanoseconds, ordering: .relaxed)
    }
  }
#endif
