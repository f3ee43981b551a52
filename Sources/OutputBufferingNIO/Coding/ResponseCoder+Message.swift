#if NIO
  import DequeModule
  import HTTPContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  import NIOCore

  // Writing the parts of a response.
  extension ResponseCoder {
    func writePart(_ data: NIOAny, _ promise: EventLoopPromise<Void>?) {
      if case .closing = state {
        promise?.fail(ChannelError.ioOnClosedChannel)
        return
      }
      switch Parts.event(of: Parts.Handler.unwrapOutboundIn(data)) {
      case .head(let head): writeHead(head, data, promise)
      case .bytes(let bytes):
        if case .coding = state { return code(bytes, promise) }
        writeBody(bytes.readableBytes, data, promise)
      case .file(let region):
        if case .coding = state { return code(region, promise) }
        writeBody(region.readableBytes, data, promise, file: region)
      case .end(let trailers): writeEnd(trailers, data, promise)
      case .unreadableEnd: writeUnreadableEnd(data, promise)
      }
    }

    private func writeEnd(
      _ trailers: HTTPFields?, _ data: NIOAny, _ promise: EventLoopPromise<Void>?
    ) {
      guard !isPassingUnread, let trailers, trailers.forbiddenTrailer != nil else {
        return endMessage(trailers, data, promise)
      }
      let rest = trailers.trailers(loggingForbiddenBy: logger)
      endMessage(rest, NIOAny(Parts.end(rest)), promise)
    }

    private func writeHead(
      _ head: Parts.Head, _ data: NIOAny, _ promise: EventLoopPromise<Void>?
    ) {
      // A second head is an error until the first response has ended.
      if framing != nil || isPassingUnread { return breakOff(Self.unended, promise) }
      guard let status = Parts.status(of: head) else {
        // HTTP types can't represent this head, so its response passes uninterpreted.
        if let request = takeRequest() {
          contentGuard?.expectHead(answering: request.method, version: request.version)
        }
        state = .passing(nil, closesConnection: false)
        return send(data, promise)
      }
      let facts = Parts.facts(of: head)
      if status.kind == .informational && status != .switchingProtocols {
        return writeInterim(head, facts, promise)
      }
      let known = takeRequest()
      guard let request = known, !isBufferedResponse else {
        // Everything has been decided; or the coder was added after the request, and doesn't know
        // whether it was HEAD.
        state = .passing(nil, closesConnection: false)
        return send(data, promise)
      }
      let examined = ExaminedHead(status, facts, answering: request, settings: settings)
      if examined.lacksLength {
        state = .holding
        response = Response(machine: machine(examined), head: head)
        response?.held.headPromise = promise
      } else if !examined.describesUnknownContent,
        let commit = examined.passThrough(
          bodyByteCount: examined.facts.declaredByteCount, hasTrailers: false,
          closesConnection: examined.request.closesConnection, settings: settings)
      {
        pass(head, examined, commit, promise)
      } else {
        state = .coding
        var machine = machine(examined)
        // Until a flush, the body stays in memory.
        machine.isBodyInMemory = true
        response = Response(machine: machine, head: head)
        if let promise { promises.append(promise) }
      }
    }

    /// Takes the request of a response that begins, in place of another one or after it.
    ///
    /// - Returns: The request; nil if it is unknown.
    private func takeRequest() -> RequestMetadata? {
      guard let replaced = response.take() else {
        guard let next = requests.popFirst() else { return nil }
        answeredCount += 1
        return next
      }
      dropUnsent(of: replaced)
      return replaced.machine.examined.request
    }

    private func machine(_ examined: ExaminedHead) -> ResponseMachine {
      var machine = ResponseMachine(examined, settings: settings)
      // The application ends its own responses; the next request is served after that.
      machine.endsWithHead = false
      return machine
    }

    private func writeInterim(
      _ head: Parts.Head, _ facts: HeadFacts, _ promise: EventLoopPromise<Void>?
    ) {
      let version = requests.first?.version ?? version
      guard version.hasInterimResponses else {
        promise?.succeed()
        return
      }
      let commit = HeadCommit(
        edits: .interim(facts, version: version), framing: .noContent, closesConnection: false)
      // The next response has begun: content without a final head belongs to it.
      hasEndedResponse = false
      send(NIOAny(Parts.head(head, commit, facts)), promise)
      flushChannel()
    }

    /// Drops everything unsent of a response that another one replaces, such as an error page.
    private func dropUnsent(of response: Response) {
      let dropped = promises + response.held.promises
      promises = []
      for promise in dropped { promise.fail(Self.unended) }
    }

    /// The error for content or an end after a response, on which NIO's own handlers trap.
    private static var ended: ResponseError {
      ResponseError(code: .ended, message: "the response has ended")
    }

    /// The error for content or an end without a final head (RFC 9110 §15.2).
    ///
    /// An interim response doesn't count as one.
    private static var headless: ResponseError {
      ResponseError(
        code: .invalidStatus, message: "content or an end was written before a final head")
    }

    /// Whether a response passes uninterpreted and hasn't ended.
    private var isPassingUnread: Bool {
      if case .passing(nil, _) = state { true } else { false }
    }

    /// Breaks the connection off if an event with content, or with an interim head, would overtake an
    /// earlier response.
    ///
    /// - Returns: Whether the event may pass.
    func keepsOrder(of event: Any, _ promise: EventLoopPromise<Void>?) -> Bool {
      guard event is FileContent || event is InterimResponse else { return true }
      if !isBusy && events.isEmpty && !isHoldingBack { return true }
      breakOff(Self.unended, promise)
      return false
    }

    private static var unended: ResponseError {
      ResponseError(
        code: .ended, message: "a second response began before the end of this one")
    }

    /// Sends the held parts, with their length if it is now known.
    func passHeld(bodyByteCount: Int? = nil, trailers: HTTPFields? = nil) {
      guard let response = response.take(),
        let commit = response.machine.examined.passThrough(
          bodyByteCount: bodyByteCount, hasTrailers: trailers?.isEmpty == false,
          closesConnection: response.machine.examined.request.closesConnection, settings: settings)
      else { return breakOff(ChannelError.ioOnClosedChannel) }
      let body = response.held
      pass(response.head, response.machine.examined, commit, body.headPromise)
      isReplaying = true
      for (data, promise) in body.parts { writePart(data, promise) }
      isReplaying = false
    }

    /// Sends the head of a response whose parts pass as they are.
    private func pass(
      _ head: Parts.Head, _ examined: ExaminedHead, _ commit: HeadCommit,
      _ promise: EventLoopPromise<Void>?
    ) {
      logger.explain(commit.decision)
      let content = commit.content
      // Parts that the message can't contain complete together with the head.
      let promise = promise ?? (content == .none ? context?.eventLoop.makePromise() : nil)
      lastWritten = promise?.futureResult
      state =
        content == .tunnel
        ? .tunnel : .passing(content, closesConnection: commit.closesConnection)
      sendHead(
        Parts.head(head, commit, examined.facts), framing: commit.framing,
        answering: examined.request, promise)
    }

    /// Completes a part without bytes together with the last written part.
    private func answerAfterWritten(_ promise: EventLoopPromise<Void>?) {
      guard let promise else { return }
      if let lastWritten { lastWritten.cascade(to: promise) } else { promise.succeed() }
    }

    private func writeBody(
      _ byteCount: Int, _ data: NIOAny, _ promise: EventLoopPromise<Void>?,
      file region: FileRegion? = nil
    ) {
      switch state {
      case .holding:
        let limit = max(settings.maximumWholeBytes, settings.maximumBufferedBytes)
        response?.held.append(
          data, byteCount: byteCount, isInMemory: region == nil, promise: promise)
        if response?.held.isFull(limit: limit) == true { passHeld() }
      // Drop empty parts: on HTTP/2 they become frames, of which clients accept only a few.
      case .passing(let content?, _) where content == .none || byteCount == 0:
        answerAfterWritten(promise)
      case .passing(var content?, let closesConnection):
        do {
          try content.take(byteCount: byteCount)
          try region?.checkLength()
        } catch {
          return breakOff(error, promise)
        }
        state = .passing(content, closesConnection: closesConnection)
        if let promise { lastWritten = promise.futureResult }
        send(data, promise)
      case .idle where hasEndedResponse:
        promise?.fail(Self.ended)
      case .idle where !requests.isEmpty:
        // A coder that was added after the head has seen no request.
        breakOff(Self.headless, promise)
      case .idle, .passing(nil, _), .coding, .tunnel, .closing:
        send(data, promise)
      }
    }

    /// Ends a message whose trailers HTTP types can't hold, unless the coder has to read them.
    private func writeUnreadableEnd(_ data: NIOAny, _ promise: EventLoopPromise<Void>?) {
      switch state {
      case .holding, .coding:
        let limit = HTTPFields.maximumSendableCount
        let message = "the trailer section has more than \(limit) fields"
        breakOff(ResponseError(code: .tooManyFields, message: message), promise)
      case .idle, .passing, .tunnel, .closing:
        writeEnd(nil, data, promise)
      }
    }

    private func endMessage(
      _ trailers: HTTPFields?, _ data: NIOAny, _ promise: EventLoopPromise<Void>?
    ) {
      switch state {
      case .holding:
        passHeld(bodyByteCount: response?.held.byteCount, trailers: trailers)
        writePart(data, promise)
      case .coding:
        codeEnd(trailers, promise)
      case .passing(let content, let closesConnection):
        do {
          try content?.finish()
        } catch {
          return breakOff(error, promise)
        }
        sendLast(data, promise, closesConnection: closesConnection)
      case .idle where hasEndedResponse:
        promise?.fail(Self.ended)
      case .idle where !requests.isEmpty:
        // A coder that was added after the head has seen no request.
        breakOff(Self.headless, promise)
      case .idle, .tunnel, .closing:
        send(data, promise)
      }
    }
  }

  // Sending.
  extension ResponseCoder {
    func send(_ data: NIOAny, _ promise: EventLoopPromise<Void>? = nil) {
      guard let context else {
        promise?.fail(ChannelError.ioOnClosedChannel)
        return
      }
      hasUnflushedOutput = true
      context.write(data, promise: promise)
    }

    /// Sends the head of a response whose framing has been decided.
    ///
    /// - Parameters:
    ///   - head: The edited head.
    ///   - framing: The framing of the response.
    ///   - request: The request that it answers.
    ///   - promise: The promise of the head, if it is awaited.
    func sendHead(
      _ head: Parts.Response, framing: MessageFraming,
      answering request: borrowing RequestMetadata, _ promise: EventLoopPromise<Void>? = nil
    ) {
      self.framing = framing
      contentGuard?.expectHead(
        answering: request.method, version: request.version, framed: framing)
      send(NIOAny(head), promise)
    }

    /// Writes the end of a response, then closes the connection if that is due.
    func sendLast(
      _ data: NIOAny, _ promise: EventLoopPromise<Void>?, closesConnection: Bool
    ) {
      // The end makes a flush that waits for the latency bound due.
      let isFlushDue = flushTimer != nil
      endResponse()
      defer { if isFlushDue { flushChannel() } }
      guard closesConnection, let context else { return send(data, promise) }
      state = .closing
      let written = promise ?? context.eventLoop.makePromise(of: Void.self)
      written.futureResult.assumeIsolated().whenSuccess { context.closeAfterEnd() }
      send(data, written)
    }

    private func endResponse() {
      state = .idle
      hasEndedResponse = true
      response = nil
      framing = nil
      lastWritten = nil
      flushTimer?.cancel()
      flushTimer = nil
    }
  }
#endif
