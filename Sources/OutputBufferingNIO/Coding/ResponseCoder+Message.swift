#if NIO
  import HTTPContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  import NIOCore

  // The parts of a response.
  extension ResponseCoder {
    func write(_ part: Parts.Response, _ promise: EventLoopPromise<Void>?) {
      if case .closing = state {
        promise?.fail(ChannelError.ioOnClosedChannel)
        return
      }
      switch Parts.event(of: part) {
      case .head(let head): writeHead(head, part, promise)
      case .bytes(let bytes): writeBody(bytes.readableBytes, part, promise) { code(bytes, promise) }
      case .file(let region):
        writeBody(region.readableBytes, part, promise) { code(region, promise) }
      case .end(let trailers): writeEnd(trailers, part, promise)
      case .unreadableEnd: writeUnreadableEnd(part, promise)
      }
    }

    private func writeEnd(
      _ trailers: HTTPFields?, _ part: Parts.Response, _ promise: EventLoopPromise<Void>?
    ) {
      guard original != nil, let trailers, trailers.forbiddenTrailer != nil else {
        return endMessage(trailers, part, promise)
      }
      let rest = trailers.trailers(loggingForbiddenBy: logger)
      endMessage(rest, Parts.end(rest), promise)
    }

    private func writeHead(
      _ head: Parts.Head, _ part: Parts.Response, _ promise: EventLoopPromise<Void>?
    ) {
      // Behind a head that was sent comes the end of its response first.
      if framing != nil || isPassingUnread { return breakOff(Self.unended, promise) }
      guard let response = try? Parts.decode(head) else {
        // Not a head that HTTP types can hold; what its response means is not for us to say.
        dropUnsent()
        let request = original?.request ?? requests.popFirst() ?? unknownRequest
        contentGuard?.expectHead(answering: request.method, version: request.version)
        machine = nil
        state = .passing(nil)
        return send(part, promise)
      }
      if response.status.kind == .informational && response.status != .switchingProtocols {
        let version = (requests.first ?? unknownRequest).version
        guard version.hasInterimResponses else {
          promise?.succeed()
          return
        }
        let interim = ResponseOutput.Head(
          response: response.interim(version: version), framing: .noContent)
        send(Parts.head(head, decoded: response, committed: interim), promise)
        flushChannel()
        return
      }
      dropUnsent()
      let request = original?.request ?? requests.popFirst() ?? unknownRequest
      original = Original(head: head, response: response, request: request)
      var machine = ResponseMachine(request: request, head: response, settings: settings)
      // The application ends its responses itself; the next request is served after that.
      machine.endsWithHead = false
      let byteCount = response.headerFields.declaredContentLength
      if machine.lacksLength {
        state = .holding
        self.machine = consume machine
        held.headPromise = promise
      } else if !machine.describesUnknownContent,
        let passage = machine.passThrough(bodyByteCount: byteCount)
      {
        logger.explain(machine.decision)
        begin(passage, promise)
      } else {
        state = .coding
        // Until a flush it is in memory whatever becomes of it.
        machine.isBodyInMemory = true
        self.machine = consume machine
        if let promise { promises.append(promise) }
      }
    }

    /// Another response takes the place of one that has not ended, as an error page does: of what was held
    /// back nothing is sent.
    private func dropUnsent() {
      let dropped = promises + held.promises
      promises = []
      held = HeldBody()
      for promise in dropped { promise.fail(Self.unended) }
    }

    /// NIO's own handlers end the process where content, or an end, has no head before it.
    private static var ended: ResponseError {
      ResponseError(code: .ended, message: "the response has ended")
    }

    /// Whether the end of a head that can't be judged is still to come.
    private var isPassingUnread: Bool {
      if case .passing(nil) = state { true } else { false }
    }

    private static var unended: ResponseError {
      ResponseError(
        code: .ended, message: "another response was begun before the end of this one")
    }

    /// Sends what was held, with its length if that is known now.
    func passHeld(bodyByteCount: Int? = nil, trailers: HTTPFields? = nil) {
      guard
        let passage = machine?.passThrough(bodyByteCount: bodyByteCount, trailers: trailers)
      else { return breakOff(ChannelError.ioOnClosedChannel) }
      logger.explain(machine?.decision)
      let body = held
      held = HeldBody()
      machine = nil
      begin(passage, body.headPromise)
      isReplaying = true
      for (part, promise) in body.parts { write(part, promise) }
      isReplaying = false
    }

    private func begin(_ passage: Passage, _ promise: EventLoopPromise<Void>?) {
      let written = promise ?? context?.eventLoop.makePromise()
      lastWritten = written?.futureResult
      state = passage.content == .tunnel ? .tunnel : .passing(passage)
      sendHead(passage.head, written)
    }

    private func writeBody(
      _ byteCount: Int, _ part: Parts.Response, _ promise: EventLoopPromise<Void>?,
      coding code: () -> Void
    ) {
      switch state {
      case .holding:
        held.append(part, promise: promise)
        if held.isFull(limit: max(settings.maximumWholeBytes, settings.maximumBufferedBytes)) {
          passHeld()
        }
      case .coding:
        code()
      // No empty parts: in HTTP/2 they are frames, of which clients take few.
      case .passing(let passage?) where passage.content == .none || byteCount == 0:
        lastWritten?.cascade(to: promise)
      case .passing(var passage?):
        do {
          try passage.take(byteCount: byteCount)
          if case .file(let region) = Parts.event(of: part) { try region.checkLength() }
        } catch {
          return breakOff(error, promise)
        }
        state = .passing(passage)
        if let promise { lastWritten = promise.futureResult }
        send(part, promise)
      case .idle where hasEndedResponse:
        promise?.fail(Self.ended)
      case .idle, .passing(nil), .tunnel, .closing:
        send(part, promise)
      }
    }

    /// A message whose trailers HTTP types can't hold ends only where nothing has to read them.
    private func writeUnreadableEnd(_ part: Parts.Response, _ promise: EventLoopPromise<Void>?) {
      switch state {
      case .holding, .coding:
        let limit = HTTPFields.maximumSendableCount
        breakOff(
          ResponseError(code: .tooManyFields, message: "more than \(limit) trailer fields"), promise
        )
      case .idle, .passing, .tunnel, .closing:
        writeEnd(nil, part, promise)
      }
    }

    private func endMessage(
      _ trailers: HTTPFields?, _ part: Parts.Response, _ promise: EventLoopPromise<Void>?
    ) {
      switch state {
      case .holding:
        passHeld(bodyByteCount: held.byteCount, trailers: trailers)
        write(part, promise)
      case .coding:
        codeEnd(trailers, promise)
      case .passing(let passage?):
        do {
          try passage.finish()
        } catch {
          return breakOff(error, promise)
        }
        sendLast(part, promise, closesConnection: passage.closesConnection)
      case .passing(nil):
        sendLast(part, promise, closesConnection: false)
      case .idle where hasEndedResponse:
        promise?.fail(Self.ended)
      case .idle, .tunnel, .closing:
        send(part, promise)
      }
    }
  }

  // The way out.
  extension ResponseCoder {
    func send(_ part: Parts.Response, _ promise: EventLoopPromise<Void>? = nil) {
      guard let context else {
        promise?.fail(ChannelError.ioOnClosedChannel)
        return
      }
      context.write(NIOAny(part), promise: promise)
    }

    func sendHead(_ committed: ResponseOutput.Head, _ promise: EventLoopPromise<Void>? = nil) {
      guard let original else { return }
      framing = committed.framing
      let request = original.request
      contentGuard?.expectHead(answering: request.method, version: request.version)
      send(Parts.head(original.head, decoded: original.response, committed: committed), promise)
    }

    /// Writes the end of a response, and closes behind it where that is due.
    func sendLast(
      _ part: Parts.Response, _ promise: EventLoopPromise<Void>?, closesConnection: Bool
    ) {
      // What was flushed within the latency bound, and waits no longer.
      let isFlushDue = flushTimer != nil
      endResponse()
      defer { if isFlushDue { flushChannel() } }
      guard closesConnection, let context else { return send(part, promise) }
      state = .closing
      let written = promise ?? context.eventLoop.makePromise(of: Void.self)
      written.futureResult.assumeIsolated().whenSuccess { context.closeBehindEnd() }
      send(part, written)
    }

    private func endResponse() {
      state = .idle
      hasEndedResponse = true
      machine = nil
      original = nil
      framing = nil
      lastWritten = nil
      spent = []
      flushTimer?.cancel()
      flushTimer = nil
    }
  }
#endif
