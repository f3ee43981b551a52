#if NIO
  public import HTTPOutputBuffering
  import HTTPTypes
  public import NIOCore
  import Synchronization

  /// The facts of a connection or HTTP/2 stream that a server's API doesn't expose.
  ///
  /// These are the version of each request, the departure of the client, and the moment the end of
  /// a response is written.
  ///
  /// A channel handler updates it on the event loop, and the connection's task reads it. The two
  /// aren't in step: a response that the task has handed over may still be on its way to the event
  /// loop when the task continues, so all state here is tied to a request's number.
  public final class HTTPServerConnection: Sendable {
    /// The connection whose request the current task serves, for frameworks that don't pass one on.
    @TaskLocal package static var current: HTTPServerConnection?

    /// The channel of the connection, or of the stream.
    public let channel: any Channel
    /// Whether files are written as regions for the socket to send.
    let sendsFileRegions: Bool
    /// Holds back the next streams of the connection; nil unless it is HTTP/2.
    private let hold: HTTP2StreamGate?
    /// The server's shutdown, if the adapter observes it.
    package let serverShutdown: ServerShutdown?
    /// The connection's responses that ended with their head.
    private let unfinished: UnfinishedResponses
    let state = Mutex(State())
    /// How long the client may take nothing of what is due to it, in nanoseconds; 0 for no limit.
    let stallNanoseconds = Atomic<Int64>(0)
    /// The number of the first request that hasn't fully arrived.
    let nextRequestEnd = Atomic(0)
    /// The number of the request whose client withholds its content; -1 if none does.
    let withheldRequest = Atomic(-1)
    /// The task that serves the connection, or the stream.
    package let servingTask = ServingTask()

    init(
      channel: any Channel, sendsFileRegions: Bool = false, hold: HTTP2StreamGate? = nil,
      serverShutdown: ServerShutdown? = nil,
      unfinished: UnfinishedResponses = UnfinishedResponses()
    ) {
      self.channel = channel
      self.sendsFileRegions = sendsFileRegions
      self.hold = hold
      self.serverShutdown = serverShutdown
      self.unfinished = unfinished
    }

    /// The version of the request that is being served.
    public var version: HTTPProtocolVersion { state.withLock { $0.served?.version ?? .http1_1 } }

    /// Whether the connection is closing and serves no further request.
    public var isClosing: Bool { state.withLock { $0.isClosing } }

    /// Closes the connection once it is idle, as a server does when it shuts down.
    ///
    /// A connection that waits for a request closes at once. Otherwise it closes after the response
    /// to the current request (RFC 9112 §9.6). It waits for the client no longer than the sum of
    /// `responseDeadline` and `cancellationDeadline` of the after-response service, counted from
    /// this call.
    ///
    /// This applies to HTTP/1 connections and has no effect on HTTP/2, which uses GOAWAY instead
    /// (RFC 9113 §6.8).
    public func closeWhenIdle() {
      guard hold == nil else { return }
      // Requests arrive on this event loop, so none can come between the check and the close.
      channel.eventLoop.execute { [self] in
        let isIdle = state.withLock { state in
          state.closesWhenIdle = true
          let isServing = state.served.map { $0.number >= state.nextEnd } ?? false
          if isServing { state.closesAtEnd = true }
          return !isServing && state.received.isEmpty
        }
        limitCloses()
        if isIdle { channel.close(promise: nil) }
      }
    }
  }

  // Operations of the connection's task.
  extension HTTPServerConnection {
    /// Starts serving the next request; requests are served in the order they arrived.
    ///
    /// - Returns: Whether it may be served; none is after a response that closes the connection.
    package func requestStarted() async -> Bool {
      if let isServed = requestStartedAtOnce() { return isServed }
      // A stream that is reset while it waits isn't served.
      await hold?.wait(for: self)
      for keeper in state.withLock({ $0.takeKeepers() }) { await keeper.released() }
      // A pipelined request must not overtake the previous response, which may close the
      // connection.
      if state.withLock({ $0.isEndUnderway }) { try? await channel.eventLoop.submit {}.get() }
      return state.withLock { $0.serveNext() }
    }

    /// Does the work of ``requestStarted()`` if there is nothing to wait for, which is the usual
    /// case.
    ///
    /// - Returns: Whether the request may be served; nil if the caller has to wait.
    package func requestStartedAtOnce() -> Bool? {
      guard hold == nil else { return nil }
      return state.withLock { state in
        guard state.keepers.isEmpty, !state.isEndUnderway else { return nil }
        return state.serveNext()
      }
    }

    /// Waits until the connection may serve its next request; see ``ResponseExchange/released()``.
    package func released(by exchange: ResponseExchange) async {
      guard let hold, exchange.keepsConnection else { return await exchange.released() }
      hold.begin()
      await exchange.released()
      hold.end()
    }

    /// Lets a handler that isn't admitted keep the connection without waiting for it.
    package func keep(for exchange: ResponseExchange) {
      guard exchange.keepsConnection else { return }
      guard let hold else { return state.withLock { $0.keepers.append(exchange) } }
      hold.begin()
      Task {
        await exchange.released()
        hold.end()
      }
    }

    /// Waits until the connection is closed; everything written goes out first.
    package func closed() async {
      try? await channel.closeFuture.get()
    }

    /// Records an exchange that writes the response to the request being served.
    ///
    /// There may be several: a handler may include what another one answers, and a middleware may ask
    /// again.
    package func begin(_ exchange: ResponseExchange) {
      stallLimit = exchange.stallLimit
      serverShutdown?.reaches(exchange.service)
      let (isInputClosed, isInactive, isQuiescing) = state.withLock { state in
        if !state.isInactive, let number = state.served?.number {
          state.writers.append(Writer(number: number, exchange: exchange))
        }
        return (state.isInputClosed, state.isInactive, state.isQuiescing)
      }
      if isQuiescing { exchange.beginShutdown() }
      if isInactive {
        exchange.disconnected()
      } else if isInputClosed {
        exchange.inputClosed()
      }
    }

    /// Records that the server writes the response, an error, instead of the exchange.
    package func end(_ exchange: ResponseExchange) {
      state.withLock { state in
        state.writers.removeAll { $0.number == state.served?.number && $0.exchange === exchange }
      }
    }

    /// Whether an exchange writes the response to a request.
    func hasWriter(of number: Int) -> Bool {
      state.withLock { $0.writers.contains { $0.number == number } }
    }

    /// Makes the exchange wait until the end that the server writes is in the socket.
    ///
    /// - Returns: False if the connection is gone, so that nothing would report the end.
    package func acknowledgeAtEnd(_ exchange: ResponseExchange) -> Bool {
      state.withLock { state in
        guard let index = state.writers.firstIndex(where: { $0.exchange === exchange }) else {
          return false
        }
        state.writers[index].acknowledgesAtEnd = true
        return true
      }
    }

    /// Sets the action to run if the client leaves during the response being served, or has left; has
    /// no effect if another request is being served.
    package func onDeparture(
      during request: Int?, allowingHalfClosed allowsHalfClosedClients: Bool,
      _ action: @escaping @Sendable () -> Void
    ) {
      let hasLeft = state.withLock { state in
        guard state.served?.number == request else { return false }
        state.departure = (action, allowsHalfClosedClients)
        return state.hasClientLeft(allowingHalfClosed: allowsHalfClosedClients)
      }
      if hasLeft { action() }
    }

    /// Closes the connection when the response being written ends.
    package func closeAtEnd() {
      state.withLock { $0.closesAtEnd = true }
    }

    /// Leaves the length out of the response to HEAD; Hummingbird would write 0.
    package func omitContentLength() {
      state.withLock { $0.omitsContentLength = true }
    }

    /// Breaks off a message that has begun, so that the client can detect it.
    ///
    /// - Parameters:
    ///   - framing: The framing of the message.
    ///   - request: The number of its request, if something else may collect the body: the call has
    ///     no effect then before the response has a head, which may be that of another answer, and
    ///     after its end.
    package func breakOff(_ framing: MessageFraming, answering request: Int? = nil) {
      channel.eventLoop.execute { [self] in
        if let request, !state.withLock({ $0.isOnItsWay(request) }) { return }
        HTTP1AbortHandler.breakOff(channel, framing: framing)
      }
    }

    /// Aborts the connection.
    package func abort() {
      channel.close(promise: nil)
    }
  }

  // Operations on the event loop.
  extension HTTPServerConnection {
    func received(_ request: RequestLine) {
      state.withLock { $0.received.append(request) }
    }

    /// Records that the client has closed its sending side.
    ///
    /// - Parameter isResponseUnderway: Whether a response has a head and no end yet.
    func inputClosed(isResponseUnderway: Bool) {
      let (exchanges, departure) = state.withLock { state in
        state.isInputClosed = true
        return (state.writers.map(\.exchange), state.departure)
      }
      for exchange in exchanges { exchange.inputClosed() }
      unfinished.inputClosed()
      if let departure, !departure.allowsHalfClosedClients { departure.action() }
      if isResponseUnderway { halfClosedClientWaits() }
    }

    /// Handles a half-closed client that is being streamed a response.
    ///
    /// A response in memory ends with its head and goes out whole.
    func halfClosedClientWaits() {
      let isLeaving = state.withLock { state in
        state.isCancellationDue && !state.cancellation.allowsHalfClosedClients
      }
      if isLeaving { servingTask.cancel() }
    }

    /// Records that the server closes the connection once all current work on it has ended.
    func quiesce() {
      let exchanges = state.withLock { state in
        state.isQuiescing = true
        return state.writers.map(\.exchange)
      }
      for exchange in exchanges { exchange.beginShutdown() }
    }

    /// Records that the connection is gone.
    ///
    /// A response whose end has been written isn't affected: a stream disappears with its end, and
    /// the write's promise reports whether the end went out.
    func becameInactive() {
      let (exchanges, departure, isCancellationDue) = state.withLock { state in
        state.isInactive = true
        let unended = state.writers.filter { $0.number >= state.nextEnd }
        state.writers.removeAll { $0.number >= state.nextEnd }
        let isServing = state.served.map { $0.number >= state.nextEnd } ?? true
        defer { state.departure = nil }
        return (
          unended.map(\.exchange), isServing ? state.departure : nil,
          isServing && state.isCancellationDue
        )
      }
      hold?.cancel(self)
      // The end of a stream doesn't mean that its client is gone.
      if hold == nil { unfinished.disconnected() }
      for exchange in exchanges { exchange.disconnected() }
      departure?.action()
      if isCancellationDue { servingTask.cancel() }
    }

    /// Records that the head of the response being served is on its way.
    ///
    /// - Parameter number: The number of its request; nil if it answers none.
    /// - Returns: Whether to leave out the length.
    @discardableResult
    func headBegan(answering number: Int?) -> Bool {
      let (omitsContentLength, isLeft) = state.withLock { state in
        defer { state.omitsContentLength = false }
        if let number { state.lastHead = max(state.lastHead, number) }
        return (state.omitsContentLength, state.begin())
      }
      if isLeft { servingTask.cancel() }
      return omitsContentLength
    }

    /// Whether the connection closes after the response being written.
    var isClosingAtEnd: Bool { state.withLock { $0.closesAtEnd } }

    /// Records that the end of a response is about to be written.
    ///
    /// - Parameter number: The number of its request.
    /// - Returns: Whether the connection closes after it. The next request, which is served from
    ///   now on, doesn't affect this.
    @discardableResult
    func ending(_ number: Int) -> Bool {
      state.withLock { state in
        state.nextEnd = max(state.nextEnd, number + 1)
        state.forgetAnswered()
        return state.closesAtEnd
      }
    }

    /// Records that the end of a response is in the socket, or never will be.
    ///
    /// - Returns: The exchange whose handler keeps working and keeps the connection.
    @discardableResult
    func ended(_ number: Int, isWritten: Bool) -> ResponseExchange? {
      var keeper: ResponseExchange?
      var next = state.withLock { state in
        if state.served?.number == number {
          state.departure = nil
          state.cancellation.isRequested = false
        }
        if isWritten { state.nextSent = max(state.nextSent, number + 1) }
        return state.takeWriter(of: number)
      }
      while let writer = next {
        if !isWritten {
          writer.exchange.disconnected()
        } else {
          if writer.exchange.isUnfinished { unfinished.add(writer.exchange) }
          if writer.acknowledgesAtEnd { writer.exchange.acknowledge() }
        }
        if writer.exchange.keepsConnection { keeper = writer.exchange }
        next = state.withLock { $0.takeWriter(of: number) }
      }
      return keeper
    }
  }
#endif
