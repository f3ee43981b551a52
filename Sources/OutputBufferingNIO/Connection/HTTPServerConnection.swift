#if NIO
  public import HTTPOutputBuffering
  import HTTPTypes
  public import NIOCore
  import Synchronization

  /// What a server's API doesn't tell of a connection, or of a stream of HTTP/2: the version of each
  /// request, that the client has left, when the end of a response is written.
  ///
  /// A channel handler writes it, on the event loop; the connection's task reads it. The two are not
  /// in step: a response that the task has handed over may still be on its way to the event loop when
  /// the task goes on, so that everything here belongs to a request by number.
  public final class HTTPServerConnection: Sendable {
    /// The connection whose request the current task serves, for frameworks that pass none on.
    @TaskLocal package static var current: HTTPServerConnection?

    /// What a request says of its connection.
    struct RequestLine: Sendable {
      /// Its place among the connection's requests.
      var number: Int
      var method: HTTPRequest.Method
      var version: HTTPProtocolVersion
      var isKeepAlive: Bool
    }

    /// How a client leaves.
    package enum Departure: Sendable {
      /// It has closed its sending side.
      case inputClosed
      /// The connection is gone.
      case inactive
    }

    /// Who writes the response to a request.
    struct Writer {
      var exchange: ResponseExchange
      /// The exchange waits until the end that the server writes is in the socket.
      var acknowledgesAtEnd = false
    }

    struct State {
      var received = CircularBuffer<RequestLine>(initialCapacity: 1)
      /// The request that is being served.
      var served: RequestLine?
      /// The number of the first request whose response's end has not reached the event loop.
      var nextEnd = 0
      var writers: [Int: Writer] = [:]
      var departure: (@Sendable (Departure) -> Void)?
      /// Handlers that keep the connection although their responses are over.
      var keepers: [ResponseExchange] = []
      var closesAtEnd = false
      var omitsContentLength = false
      /// What guards the content of the request that is being served.
      var bodyGate: RequestBodyGate?
      var isInputClosed = false
      var isInactive = false
      /// No request is to be served after the one that is.
      var closesWhenIdle = false
      /// Whether the server has told the channel to quiesce.
      var isQuiescing = false

      /// Whether the client's leaving cancels the serving task, and whether that of a half does.
      var cancellation: (isDue: Bool, allowsHalfClosedClients: Bool) = (false, false)

      /// No further request is served.
      var isClosing: Bool { closesAtEnd || isInactive }

      /// Whether the end of a response is still on its way to the event loop: more than one request is waiting
      /// where they are pipelined, or were answered by other means.
      var isEndUnderway: Bool {
        served.map { $0.number >= nextEnd } ?? false || received.count > 1
      }

      /// Serves the next request.
      ///
      /// - Returns: False where none may be served.
      mutating func serveNext() -> Bool {
        guard !isClosing else { return false }
        served = received.popFirst()
        departure = nil
        cancellation.isDue = false
        bodyGate = nil
        closesAtEnd = served?.isKeepAlive == false || closesWhenIdle
        return true
      }

      mutating func takeKeepers() -> [ResponseExchange] {
        defer { keepers = [] }
        return keepers
      }

      /// Drops requests that were answered by other means than an exchange.
      mutating func forgetAnswered() {
        while let request = received.first, request.number < nextEnd { received.removeFirst() }
      }
    }

    /// The channel of the connection, or of the stream.
    public let channel: any Channel
    /// Whether files are written as regions, for the socket to send.
    let sendsFileRegions: Bool
    /// What holds the next streams of the connection back; nil where it isn't HTTP/2.
    private let hold: ConnectionHold?
    /// The shutdown of the server, where the adapter sees it.
    package let serverShutdown: ServerShutdown?
    /// Responses of the connection that were over with their head.
    private let unfinished: UnfinishedResponses
    let state = Mutex(State())
    /// How long the client may take nothing of what is due to it, in nanoseconds; 0 for ever.
    let stallNanoseconds = Atomic<Int64>(0)
    /// The number of the first request whose end has not come in.
    let nextRequestEnd = Atomic(0)
    /// The number of the request whose client withholds its content; -1 where none does.
    let withheldRequest = Atomic(-1)
    /// The task that serves the connection, or the stream.
    package let servingTask = ServingTask()

    init(
      channel: any Channel, sendsFileRegions: Bool = false, hold: ConnectionHold? = nil,
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

    /// Whether the connection is being closed: no further request is served.
    public var isClosing: Bool { state.withLock { $0.isClosing } }

    /// Closes the connection at once where it waits for a request, and otherwise after the response to the
    /// one that has come (RFC 9112 §9.6): what a server does with its connections when it shuts down.
    ///
    /// For connections of HTTP/1. HTTP/2 has GOAWAY for it (RFC 9113 §6.8), which isn't a stream's affair: it
    /// does nothing there.
    public func closeWhenIdle() {
      guard hold == nil else { return }
      // Where requests come in: none comes between the look and the close.
      channel.eventLoop.execute { [self] in
        let isIdle = state.withLock { state in
          state.closesWhenIdle = true
          let isServing = state.served.map { $0.number >= state.nextEnd } ?? false
          if isServing { state.closesAtEnd = true }
          return !isServing && state.received.isEmpty
        }
        if isIdle { channel.close(promise: nil) }
      }
    }
  }

  // The connection's task.
  extension HTTPServerConnection {
    /// The next request is about to be served; requests are served in the order they came in.
    ///
    /// - Returns: Whether it may be served: behind a response that closes the connection none is.
    package func requestStarted() async -> Bool {
      if let isServed = requestStartedAtOnce() { return isServed }
      // A stream that is reset while it waits is none to be served.
      await hold?.wait(for: self)
      for keeper in state.withLock({ $0.takeKeepers() }) { await keeper.released() }
      // A pipelined request must not overtake the response before it, which may close the connection.
      if state.withLock({ $0.isEndUnderway }) { try? await channel.eventLoop.submit {}.get() }
      return state.withLock { $0.serveNext() }
    }

    /// Does ``requestStarted()`` where nothing has to be waited for, as nearly always.
    ///
    /// - Returns: Whether the request may be served; nil where that has to be waited for.
    package func requestStartedAtOnce() -> Bool? {
      guard hold == nil else { return nil }
      return state.withLock { state in
        guard state.keepers.isEmpty, !state.isEndUnderway else { return nil }
        return state.serveNext()
      }
    }

    /// Waits until the connection may serve its next request: see ``ResponseExchange/released()``.
    package func released(by exchange: ResponseExchange) async {
      guard let hold, exchange.keepsConnection else { return await exchange.released() }
      hold.begin()
      await exchange.released()
      hold.end()
    }

    /// A handler that isn't admitted keeps the connection although nobody waits for it.
    package func keep(for exchange: ResponseExchange) {
      guard exchange.keepsConnection else { return }
      guard let hold else { return state.withLock { $0.keepers.append(exchange) } }
      hold.begin()
      Task {
        await exchange.released()
        hold.end()
      }
    }

    /// Waits until the connection is closed; what has been written goes out before.
    package func closed() async {
      try? await channel.closeFuture.get()
    }

    /// The response to the request that is being served belongs to an exchange.
    package func begin(_ exchange: ResponseExchange) {
      stallLimit = exchange.stallLimit
      serverShutdown?.reaches(exchange.service)
      let (isInputClosed, isInactive, isQuiescing) = state.withLock { state in
        if !state.isInactive, let number = state.served?.number {
          state.writers[number] = Writer(exchange: exchange)
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

    /// The server, not the exchange, writes the response: with an error of its own.
    package func end(_ exchange: ResponseExchange) {
      state.withLock { state in
        guard let number = state.served?.number, state.writers[number]?.exchange === exchange
        else { return }
        state.writers[number] = nil
      }
    }

    /// The exchange waits until the end that the server writes is in the socket.
    ///
    /// - Returns: False where nobody would tell it any more: the connection is gone.
    package func acknowledgeAtEnd() -> Bool {
      state.withLock { state in
        guard let number = state.served?.number, state.writers[number] != nil else { return false }
        state.writers[number]?.acknowledgesAtEnd = true
        return true
      }
    }

    /// Names what is to be told when the client leaves during the response that is being served.
    package func onDeparture(_ action: @escaping @Sendable (Departure) -> Void) {
      let departure: Departure? = state.withLock { state in
        state.departure = action
        return state.isInactive ? .inactive : state.isInputClosed ? .inputClosed : nil
      }
      if let departure { action(departure) }
    }

    /// The connection is closed when the response that is being written ends.
    package func closeAtEnd() {
      state.withLock { $0.closesAtEnd = true }
    }

    /// The response to HEAD leaves its length out; Hummingbird would say 0.
    package func omitContentLength() {
      state.withLock { $0.omitsContentLength = true }
    }

    /// Breaks off a message that has begun, so that the client can tell.
    package func breakOff(_ framing: MessageFraming) {
      channel.eventLoop.execute { [channel] in
        HTTP1BreakHandler.breakOff(channel, framing: framing)
      }
    }

    /// Breaks the connection off.
    package func abort() {
      channel.close(promise: nil)
    }
  }

  // The event loop.
  extension HTTPServerConnection {
    func received(_ request: RequestLine) {
      state.withLock { $0.received.append(request) }
    }

    /// The client has closed its sending side.
    ///
    /// - Parameter isResponseUnderway: Whether a response has its head and not its end.
    func inputClosed(isResponseUnderway: Bool) {
      let (exchanges, departure) = state.withLock { state in
        state.isInputClosed = true
        return (state.writers.values.map(\.exchange), state.departure)
      }
      for exchange in exchanges { exchange.inputClosed() }
      unfinished.inputClosed()
      departure?(.inputClosed)
      if isResponseUnderway { halfClosedClientWaits() }
    }

    /// A client that has closed its sending side is being sent a response bit by bit.
    ///
    /// One in memory has its end when it has its head: it goes out whole.
    func halfClosedClientWaits() {
      let isLeaving = state.withLock { state in
        state.cancellation.isDue && !state.cancellation.allowsHalfClosedClients
      }
      if isLeaving { servingTask.cancel() }
    }

    /// The server shuts the connection down when what is underway on it has ended.
    func quiesce() {
      let exchanges = state.withLock { state in
        state.isQuiescing = true
        return state.writers.values.map(\.exchange)
      }
      for exchange in exchanges { exchange.beginShutdown() }
    }

    /// The connection is gone.
    ///
    /// A response whose end has been written is no part of that: a stream is gone with its end, and the
    /// write's promise says whether the end went out.
    func becameInactive() {
      let (exchanges, departure, isCancellationDue) = state.withLock { state in
        state.isInactive = true
        let unended = state.writers.filter { $0.key >= state.nextEnd }
        for number in unended.keys { state.writers[number] = nil }
        let isServing = state.served.map { $0.number >= state.nextEnd } ?? true
        defer { state.departure = nil }
        return (
          unended.values.map(\.exchange), isServing ? state.departure : nil,
          isServing && state.cancellation.isDue
        )
      }
      hold?.cancel(self)
      // The end of a stream isn't that of its client.
      if hold == nil { unfinished.disconnected() }
      for exchange in exchanges { exchange.disconnected() }
      departure?(.inactive)
      if isCancellationDue { servingTask.cancel() }
    }

    func takeOmitsContentLength() -> Bool {
      state.withLock { state in
        defer { state.omitsContentLength = false }
        return state.omitsContentLength
      }
    }

    /// Whether the connection closes behind the response that is being written.
    var isClosingAtEnd: Bool { state.withLock { $0.closesAtEnd } }

    /// The end of a response is about to be written.
    ///
    /// - Parameter number: The number of its request.
    /// - Returns: Whether the connection closes behind it. The next request, which is served from now on, has no
    ///   part in that.
    @discardableResult
    func ending(_ number: Int) -> Bool {
      state.withLock { state in
        state.nextEnd = max(state.nextEnd, number + 1)
        state.forgetAnswered()
        return state.closesAtEnd
      }
    }

    /// The end of a response is in the socket, or will never be.
    ///
    /// - Returns: The exchange whose handler works on and keeps the connection.
    @discardableResult
    func ended(_ number: Int, isWritten: Bool) -> ResponseExchange? {
      let writer = state.withLock { state in
        if state.served?.number == number {
          state.departure = nil
          state.cancellation.isDue = false
        }
        return state.writers.isEmpty ? nil : state.writers.removeValue(forKey: number)
      }
      if !isWritten {
        writer?.exchange.disconnected()
      } else if let writer {
        if writer.exchange.isUnfinished { unfinished.add(writer.exchange) }
        if writer.acknowledgesAtEnd { writer.exchange.acknowledge() }
      }
      return writer.flatMap { $0.exchange.keepsConnection ? $0.exchange : nil }
    }
  }
#endif
