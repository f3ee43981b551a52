#if NIO
  package import HTTPOutputBuffering
  import NIOCore
  import Synchronization

  extension HTTPServerConnection {
    /// Tells the client to send the content that it withholds (RFC 9110 §10.1.1).
    ///
    /// A client that sends `Expect: 100-continue` waits for this, in some cases forever. The call
    /// has no effect if the latest request doesn't expect it, if its content is already arriving,
    /// or once its final response has begun. Call it before reading the content of a request that
    /// you accept. A final response sent instead refuses the content, after which an HTTP/1
    /// connection is closed.
    public func sendContinue() {
      guard withheldRequest.load(ordering: .relaxed) >= 0 else { return }
      channel.triggerUserOutboundEvent(ContinueResponse(), promise: nil)
    }

    /// Does the work of ``sendContinue()`` if the request being served waits for it.
    package func sendContinueToServed() {
      let withheld = withheldRequest.load(ordering: .relaxed)
      guard withheld >= 0, state.withLock({ $0.served?.number }) == withheld else { return }
      channel.triggerUserOutboundEvent(ContinueResponse(), promise: nil)
    }

    /// The number of the request being served, by which a body knows later whether that has changed.
    package var servedNumber: Int? { state.withLock { $0.served?.number } }

    /// Whether the request being served has fully arrived.
    package var hasReceivedRequest: Bool {
      let number = state.withLock { $0.served?.number }
      guard let number else { return true }
      return number < nextRequestEnd.load(ordering: .acquiring)
    }

    /// Guards the content of the request being served, if its adapter provides that.
    package var bodyGate: RequestBodyGate? {
      get { state.withLock { $0.bodyGate } }
      set { state.withLock { $0.bodyGate = newValue } }
    }

    /// Whether the client has left, or has closed its sending side where that counts as leaving.
    package func hasClientLeft(allowingHalfClosed allowsHalfClosedClients: Bool) -> Bool {
      state.withLock { $0.hasClientLeft(allowingHalfClosed: allowsHalfClosedClients) }
    }

    /// Whether an exchange writes a response of this connection that hasn't ended.
    package func isWriter(_ exchange: ResponseExchange) -> Bool {
      state.withLock { $0.writers.contains { $0.exchange === exchange } }
    }

    /// Records that the body of the response being served is about to be written.
    package func bodyBegan() {
      if state.withLock({ $0.begin() }) { servingTask.cancel() }
    }

    /// Cancels the serving task if the client leaves between the head and the end of the current
    /// response.
    package func cancelServingAtDeparture(allowsHalfClosedClients: Bool) {
      state.withLock { $0.cancellation = (true, allowsHalfClosedClients) }
    }
  }
#endif
