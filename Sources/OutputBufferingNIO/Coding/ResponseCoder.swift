#if NIO
  import DequeModule
  import HTTPContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  import Logging
  import NIOCore

  /// The implementation of the public channel handlers.
  ///
  /// Responses that may be coded go through a ``ResponseMachine``; the others pass. The coder
  /// belongs to the channel's event loop. It performs the application's events in order, one at a
  /// time: an event that arrives while a promise is being completed, a file is read, or a long part
  /// is coded waits for its turn.
  final class ResponseCoder<Parts: HTTPServerParts> {
    /// The watched connection of the pipeline, if it has one.
    enum Watched {
      case unknown
      case none
      case connection(HTTPServerConnection)
    }

    /// How the parts of the current response are treated.
    enum State {
      /// No response has begun; parts that arrive anyway pass.
      case idle
      /// Parts are held until their total length is known, or until it no longer has to be.
      case holding
      /// Parts pass as they are; the content is nil after a head that HTTP types can't hold.
      case passing(UncodedResponse.RemainingContent?, closesConnection: Bool)
      /// Parts go through the machine.
      case coding
      /// The pipeline no longer carries HTTP.
      case tunnel
      /// The connection is closing, and nothing is sent.
      case closing
    }

    /// A response that isn't passing, which idle connections don't have.
    final class Response {
      var machine: ResponseMachine
      /// The head as the application wrote it.
      let head: Parts.Head
      /// The held part of a body that isn't coded.
      var held = HeldBody()
      /// A buffer that may be the whole body of a coded response, while the machine has none of it.
      var whole: ByteBuffer?
      /// Storage for the machine's next output.
      var spent: ContiguousArray<UInt8> = []

      init(machine: consuming ResponseMachine, head: Parts.Head) {
        self.machine = machine
        self.head = head
      }
    }

    /// An operation of the application that hasn't been performed.
    enum Event {
      /// The byte count is the length of the content if the write has to wait.
      case write(NIOAny, EventLoopPromise<Void>?, byteCount: Int)
      /// Due at once, or within the latency bound.
      case flush(isDue: Bool)
      case close(CloseMode, EventLoopPromise<Void>?)
    }

    let settings: ResponseSettings
    let latencyBound: TimeAmount?
    let version: HTTPProtocolVersion
    private let codings: [ContentCoding]
    let logger: Logger

    private(set) var context: ChannelHandlerContext?
    private(set) var contentGuard: HTTP1ContentGuard?
    private var versionHandler: HTTP1VersionHandler?
    private var watched = Watched.unknown
    private var removalToken: ChannelHandlerContext.RemovalToken?
    /// After a response that closes the connection, no request is processed (RFC 9112 §9.6).
    private var dropsRequests = false

    var events = Deque<Event>()
    /// The amount of content in ``events``, in bytes.
    var eventByteCount = 0
    private var isPerforming = false
    /// Whether held parts are being written, during which no others are.
    var isReplaying = false
    /// The remaining work of the parts taken from ``events``.
    var works = Deque<Work>()
    var pause = Pause.none
    var budget = TurnBudget()
    var isTurnScheduled = false
    /// The channel's own mark, while a lower one makes the queue visible.
    var mark: ChannelOptions.Types.WriteBufferWaterMark?
    /// Whether a lower mark has proven to have no effect.
    var isMarkUseless = false
    /// Whether anything was written to the channel after the last flush.
    var hasUnflushedOutput = false
    /// The number of file parts and buffer slices that have been coded.
    var codedCount = 0

    private var lastAcceptEncoding: AcceptEncoding.Last? = AcceptEncoding.Last()
    var requests = Deque<RequestMetadata>()
    /// The number of requests whose responses have begun.
    var answeredCount = 0
    var state = State.idle
    /// Whether a response has ended; its handler may still write.
    var hasEndedResponse = false
    /// The current response while it is held or coded.
    var response: Response?
    /// The current response's framing; nil until its head is written.
    var framing: MessageFraming?
    /// The promises of writes whose bytes the machine still holds.
    var promises: [EventLoopPromise<Void>] = []
    /// Completes with the last written part; later parts without bytes wait for it.
    var lastWritten: EventLoopFuture<Void>?
    var flushTimer: Scheduled<Void>?

    init(
      settings: ResponseSettings, latencyBound: Duration?, version: HTTPProtocolVersion,
      logger: Logger?
    ) {
      // Held content is sent in one buffer.
      self.settings = settings.limitedToBuffers
      self.codings = settings.offered
      self.logger = logger ?? sharedLogger
      self.latencyBound = latencyBound.map { TimeAmount($0.boundedForSleep) }
      self.version = version
    }

    /// Whether a `BufferedResponse` writes the current response, so that everything about it has been
    /// decided.
    var isBufferedResponse: Bool {
      if case .unknown = watched, let context {
        let connection = HTTPServerConnection.find(in: context.pipeline.syncOperations)
        watched = connection.map { .connection($0) } ?? .none
      }
      guard case .connection(let connection) = watched else { return false }
      return connection.hasWriter(of: answeredCount - 1)
    }

    /// Whether events wait for unfinished work.
    var isBusy: Bool { pause != .none }

    /// Whether the pipeline no longer carries HTTP, after an upgrade.
    var isTunnel: Bool {
      if case .tunnel = state { return true }
      return contentGuard?.isTunnel == true
    }
  }

  private let sharedLogger = Logger(label: "swift-output-buffering")

  // Operations of the channel handler.
  extension ResponseCoder {
    func added(to context: ChannelHandlerContext) {
      self.context = context
      let pipeline = context.pipeline.syncOperations
      guard let contentGuard = HTTP1ContentGuard.find(in: pipeline) else { return }
      self.contentGuard = contentGuard
      guard !Parts.carriesVersion else { return }
      versionHandler = HTTP1VersionHandler.find(in: pipeline, contentGuard: contentGuard)
    }

    /// Remembers what a request accepts until its response is written.
    ///
    /// - Returns: The part for the application; nil if the request isn't processed.
    func read(_ data: NIOAny) -> NIOAny? {
      guard !isTunnel else { return data }
      let version = versionHandler?.version ?? version
      let part = Parts.Handler.unwrapInboundIn(data)
      guard
        let request = Parts.metadata(of: part, version: version, after: &lastAcceptEncoding)
      else {
        if Parts.isEnd(part) { contentGuard?.hasRead(isEnd: true) }
        return dropsRequests ? nil : data
      }
      contentGuard?.hasRead(isEnd: false)
      if case .closing = state { dropsRequests = true }
      if contentGuard?.isClosing == true { dropsRequests = true }
      guard !dropsRequests else { return nil }
      requests.append(request)
      guard request.hasConditions else { return data }
      return Parts.restored(part, offering: codings).map { NIOAny($0) } ?? data
    }

    /// The next read belongs to another turn of the event loop.
    func readComplete() {
      contentGuard?.readComplete(of: self)
      if !isBusy { budget.renew() }
    }

    func write(_ data: NIOAny, _ promise: EventLoopPromise<Void>?) {
      let promise = promise.map { context?.promise(answering: $0) ?? $0 }
      if isIdle && !isTunnel { return performAtOnce { writePart(data, promise) } }
      guard isBusy || isPerforming else {
        return enqueue(.write(data, promise, byteCount: 0))
      }
      let byteCount = isTunnel ? 0 : Parts.byteCount(of: Parts.Handler.unwrapOutboundIn(data))
      eventByteCount += byteCount
      enqueue(.write(data, promise, byteCount: byteCount))
      showQueue(paying: byteCount)
    }

    func flush() {
      // Flush what is ready; it doesn't depend on queued writes.
      if isIdle { return performAtOnce { flushNow() } }
      if isBusy && !isPerforming { performing { flushReady() } }
      enqueue(.flush(isDue: false))
    }

    /// Closes after all earlier writes, including those still being read or coded.
    func close(_ mode: CloseMode, _ promise: EventLoopPromise<Void>?) {
      enqueue(.close(mode, promise))
      if isBusy && mode == .all { limitWait() }
    }

    /// Aborts the connection of a client that takes nothing before a close.
    private func limitWait() {
      guard let context else { return }
      let channel = context.channel
      let (seen, taken) = (codedCount, channel.progress)
      let limit = contentGuard?.stallTime ?? DrainingClose.stallTime
      context.eventLoop.assumeIsolated().scheduleTask(in: limit) { [self] in
        guard isBusy else { return }
        guard codedCount == seen, !channel.progress.hasProgressed(since: taken) else {
          return limitWait()
        }
        performing { breakOff(ChannelError.ioOnClosedChannel) }
        resume()
      }
    }

    /// Leaves the pipeline at once, or at the end of the current response.
    func remove(_ token: ChannelHandlerContext.RemovalToken) {
      removalToken = token
      leaveIfDone()
    }

    /// Cleans up after the handler has left the pipeline.
    func removed() {
      hideQueue()
      contentGuard?.left(self)
      abandon(ChannelError.ioOnClosedChannel)
      let context = context
      self.context = nil
      // The pipeline was torn down before the response ended.
      if let token = removalToken.take() { context?.leavePipeline(removalToken: token) }
    }
  }

  // Performing events in order.
  extension ResponseCoder {
    private func enqueue(_ event: Event) {
      events.append(event)
      resume()
    }

    /// Whether nothing is pending and the turn has time left.
    private var isIdle: Bool {
      !isPerforming && pause == .none && events.isEmpty && !budget.isSpent
    }

    /// Performs an action that doesn't have to wait in the queue of events.
    private func performAtOnce(_ action: () -> Void) {
      performing(action)
      // Promises may have queued events, or the action may be unfinished.
      if !events.isEmpty || pause != .none || mark != nil || removalToken != nil { resume() }
    }

    /// Performs the queued events.
    func resume() {
      guard !isPerforming else { return }
      performing {
        while pause == .none, !events.isEmpty {
          if budget.isSpent { endTurn() } else if let event = takeEvent() { perform(event) }
        }
      }
      if mark != nil { hideQueueIfShort() }
      leaveIfDone()
    }

    func takeEvent() -> Event? {
      let event = events.popFirst()
      if case .write(_, _, let byteCount)? = event { eventByteCount -= byteCount }
      return event
    }

    /// Performs an action, and queues the events that promises trigger meanwhile.
    func performing(_ action: () -> Void) {
      let outer = isPerforming
      isPerforming = true
      action()
      isPerforming = outer
    }

    func perform(_ event: Event) {
      guard let context else { return fail(event, ChannelError.ioOnClosedChannel) }
      switch event {
      case .write(let data, let promise, _) where isTunnel:
        context.write(data, promise: promise)
      case .write(let data, let promise, _):
        writePart(data, promise)
      case .flush(let isDue):
        isDue ? flushMachine() : flushNow()
      case .close(let mode, let promise) where flushTimer != nil:
        // An earlier flush is still within its latency bound.
        events.prepend(.close(mode, promise))
        flushTimer?.cancel()
        flushTimer = nil
        flushMachine()
      case .close(let mode, let promise):
        context.close(mode: mode, promise: promise)
      }
    }

    private func leaveIfDone() {
      guard !isPerforming, !isBusy, works.isEmpty, events.isEmpty, let context,
        let token = removalToken
      else {
        return
      }
      switch state {
      // A closing connection takes its handlers with it.
      case .holding, .passing, .coding, .closing: return
      case .idle, .tunnel: break
      }
      removalToken = nil
      context.leavePipeline(removalToken: token)
    }
  }
#endif
