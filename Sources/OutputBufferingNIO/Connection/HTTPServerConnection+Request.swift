#if NIO
  package import HTTPOutputBuffering
  import NIOCore
  import Synchronization

  extension HTTPServerConnection {
    /// Tells the client to send content that it withholds (RFC 9110 §10.1.1).
    ///
    /// A client that sends `Expect: 100-continue` waits for this, some of them for ever. It does nothing
    /// where the request that came in last expects nothing, where its content is on its way already, and
    /// once its final response has begun. Call it before reading the content of a request that is wanted;
    /// a response that is sent instead is the refusal, after which an HTTP/1 connection is closed.
    public func sendContinue() {
      guard withheldRequest.load(ordering: .relaxed) >= 0 else { return }
      channel.triggerUserOutboundEvent(ContinueResponse(), promise: nil)
    }

    /// Sends what ``sendContinue()`` sends, if it is the request that is being served that waits for it.
    package func sendContinueToServed() {
      let withheld = withheldRequest.load(ordering: .relaxed)
      guard withheld >= 0, state.withLock({ $0.served?.number }) == withheld else { return }
      channel.triggerUserOutboundEvent(ContinueResponse(), promise: nil)
    }

    /// Whether all of the request that is being served has come in.
    package var hasReceivedRequest: Bool {
      let number = state.withLock { $0.served?.number }
      guard let number else { return true }
      return number < nextRequestEnd.load(ordering: .acquiring)
    }

    /// What guards the content of the request that is being served, where its adapter does that.
    package var bodyGate: RequestBodyGate? {
      get { state.withLock { $0.bodyGate } }
      set { state.withLock { $0.bodyGate = newValue } }
    }

    /// Cancels the serving task if the client leaves before the end of the response that is being served.
    package func cancelServingAtDeparture(allowsHalfClosedClients: Bool) {
      let isInactive = state.withLock { state in
        state.cancellation = (true, allowsHalfClosedClients)
        return state.isInactive
      }
      if isInactive { servingTask.cancel() }
    }
  }
#endif
