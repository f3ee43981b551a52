#if NIO
  import HTTPOutputBuffering
  import NIOCore
  import Synchronization

  extension HTTPServerConnection {
    /// How long a client may take nothing, for those who say so of every response.
    package struct StallLimit: Sendable {
      /// 0 for ever.
      let nanoseconds: Int64

      /// - Parameter limit: How long; nil for ever.
      package init(_ limit: Duration?) {
        nanoseconds = limit.map { max(TimeAmount($0.boundedForSleep).nanoseconds, 1) } ?? 0
      }
    }

    /// How long the client may take nothing of what is due to it, from the next write on; nil for ever.
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
