#if NIO
  import HTTPContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  import Logging
  import NIOCore

  /// The work of the public channel handlers: each response that may be coded goes through a machine,
  /// the others pass.
  ///
  /// It belongs to the channel's event loop. What the application does is done in the order it came in,
  /// one event after the other: what comes while a promise is being kept, a file is read or something long is
  /// coded waits its turn.
  final class ResponseCoder<Parts: HTTPServerParts> {
    /// What becomes of the parts of the current response.
    enum State {
      /// None has begun: what comes all the same passes.
      case idle
      /// They are held as they are, until their length is known or shall be unknown.
      case holding
      /// They go out as they come; nil behind a head that can't be judged.
      case passing(Passage.Content?, closesConnection: Bool)
      /// They go through the machine.
      case coding
      /// What goes out isn't HTTP any more.
      case tunnel
      /// Nothing goes out any more: the connection is closing.
      case closing
    }

    /// A head as the application has written it.
    struct Original {
      var head: Parts.Head
      /// The same as it came.
      var data: NIOAny
      var request: RequestMetadata
    }

    /// What the application does, and what is left to do of it.
    enum Event {
      /// With the length of the content where it has to wait.
      case write(NIOAny, EventLoopPromise<Void>?, byteCount: Int)
      /// At once, or within the latency bound.
      case flush(isDue: Bool)
      case close(CloseMode, EventLoopPromise<Void>?)
    }

    let settings: ResponseSettings
    let latencyBound: TimeAmount?
    private let version: HTTPProtocolVersion
    private let codings: [ContentCoding]
    let logger: Logger

    private(set) var context: ChannelHandlerContext?
    private(set) var contentGuard: HTTP1ContentGuard?
    private var versionHandler: HTTP1VersionHandler?
    private var removalToken: ChannelHandlerContext.RemovalToken?
    /// Behind a response that closes the connection no further request is processed (RFC 9112 §9.6).
    private var dropsRequests = false

    // An idle connection keeps little.
    var events = CircularBuffer<Event>(initialCapacity: 1)
    /// How much content ``events`` has, in bytes.
    var eventByteCount = 0
    private var isPerforming = false
    /// What was held is being written: nothing may come in between.
    var isReplaying = false
    /// What is left of the parts that have been taken from ``events``.
    var works = CircularBuffer<Work>(initialCapacity: 1)
    var pause = Pause.none
    var budget = TurnBudget()
    var isTurnScheduled = false
    /// The channel's own mark, while a lower one shows that something waits here.
    var mark: ChannelOptions.Types.WriteBufferWaterMark?
    /// Whether a lower mark has been found to show nothing.
    var isMarkUseless = false
    /// How often something was handed to the channel, and how often it was when that was flushed.
    var (outputCount, flushedCount) = (0, 0)
    /// How often a part of a file or of a long buffer was coded.
    var codedCount = 0

    var requests = CircularBuffer<RequestMetadata>(initialCapacity: 1)
    var state = State.idle
    /// Whether a response has ended: its handler may write on.
    var hasEndedResponse = false
    var machine: ResponseMachine?
    /// The head of the current response as it was written, and what it answers.
    var original: Original?
    /// The framing of the current response, once its head is written.
    var framing: MessageFraming?
    /// Promises of writes whose bytes the machine has taken and not handed out.
    var promises: [EventLoopPromise<Void>] = []
    /// What is held of a body that goes out as it is.
    var held = HeldBody()
    /// A part that was written, for which what comes behind it without bytes waits.
    var lastWritten: EventLoopFuture<Void>?
    var flushTimer: Scheduled<Void>?
    /// A buffer that may be all of a body that is coded: nothing was given to the machine yet.
    var whole: ByteBuffer?
    var spent: ContiguousArray<UInt8> = []

    init(
      settings: ResponseSettings, latencyBound: Duration?, version: HTTPProtocolVersion,
      logger: Logger
    ) {
      // What is held goes out in one buffer.
      self.settings = settings.limitedToBuffers
      self.codings = settings.offered
      self.logger = logger
      self.latencyBound = latencyBound.map { TimeAmount($0.boundedForSleep) }
      self.version = version
    }

    /// Whether events wait for what was begun.
    var isBusy: Bool { pause != .none }

    /// Whether an upgrade below has taken HTTP out of the pipeline.
    var isTunnel: Bool {
      if case .tunnel = state { return true }
      return contentGuard?.isTunnel == true
    }
  }

  // The handler's side.
  extension ResponseCoder {
    func added(to context: ChannelHandlerContext) {
      self.context = context
      let pipeline = context.pipeline.syncOperations
      guard let contentGuard = HTTP1ContentGuard.find(in: pipeline) else { return }
      HTTP1BreakHandler.add(to: pipeline)
      self.contentGuard = contentGuard
      guard !Parts.tellVersion else { return }
      versionHandler = HTTP1VersionHandler.find(in: pipeline, contentGuard: contentGuard)
    }

    /// Remembers what a request accepts until its response comes.
    ///
    /// - Returns: The part as the application is to see it; nil for one that isn't processed.
    func read(_ data: NIOAny) -> NIOAny? {
      guard !isTunnel else { return data }
      let version = versionHandler?.version ?? version
      let part = Parts.Handler.unwrapInboundIn(data)
      guard let request = Parts.metadata(of: part, version: version) else {
        if Parts.isEnd(part) { noteRequest(isEnd: true) }
        return dropsRequests ? nil : data
      }
      noteRequest(isEnd: false)
      if case .closing = state { dropsRequests = true }
      if contentGuard?.isClosing == true { dropsRequests = true }
      guard !dropsRequests else { return nil }
      requests.append(request)
      guard request.hasConditions else { return data }
      return Parts.restored(part, offering: codings).map { NIOAny($0) } ?? data
    }

    /// What comes in next is that of another turn of the event loop.
    func readComplete() {
      if !isBusy { budget.renew() }
    }

    private func noteRequest(isEnd: Bool) {
      guard let contentGuard, let context else { return }
      contentGuard.hasRead(isEnd: isEnd, context)
    }

    /// What a response answers whose request was never seen.
    var unknownRequest: RequestMetadata {
      RequestMetadata(method: .get, version: version, acceptEncoding: AcceptEncoding())
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

    /// Closes behind what was written before, where that is still being read or coded.
    func close(_ mode: CloseMode, _ promise: EventLoopPromise<Void>?) {
      enqueue(.close(mode, promise))
      if isBusy && mode == .all { limitWait() }
    }

    /// A client that takes nothing any more doesn't keep its connection open.
    private func limitWait() {
      guard let context else { return }
      let channel = context.channel
      let (seen, taken) = (codedCount, channel.progress)
      let limit = contentGuard?.stallTime ?? PatientClose.stallTime
      context.eventLoop.assumeIsolated().scheduleTask(in: limit) { [self] in
        guard isBusy else { return }
        guard codedCount == seen, !channel.progress.hasProgressed(since: taken) else {
          return limitWait()
        }
        performing { breakOff(ChannelError.ioOnClosedChannel) }
        resume()
      }
    }

    /// Leaves at once, or at the end of the response that is underway.
    func remove(_ token: ChannelHandlerContext.RemovalToken) {
      removalToken = token
      leaveIfDone()
    }

    /// The handler is out of the pipeline.
    func removed() {
      hideQueue()
      abandon(ChannelError.ioOnClosedChannel)
      let context = context
      self.context = nil
      // The pipeline was torn down before the response had ended.
      if let token = removalToken.take() { context?.leavePipeline(removalToken: token) }
    }
  }

  // One event after the other.
  extension ResponseCoder {
    private func enqueue(_ event: Event) {
      events.append(event)
      resume()
    }

    /// Whether nothing has to be waited for, and there is time.
    private var isIdle: Bool {
      !isPerforming && pause == .none && events.isEmpty && !budget.isSpent
    }

    /// Does what needn't wait in the queue of events.
    private func performAtOnce(_ action: () -> Void) {
      performing(action)
      // What promises have set off, or what isn't done yet.
      if !events.isEmpty || pause != .none || mark != nil || removalToken != nil { resume() }
    }

    /// Does what has waited.
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

    /// Keeps what promises set off from overtaking what is being done.
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
        // What was flushed still waits for the latency bound.
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
      // A connection that is closing takes its handlers with it.
      case .holding, .passing, .coding, .closing: return
      case .idle, .tunnel: break
      }
      removalToken = nil
      context.leavePipeline(removalToken: token)
    }
  }
#endif
