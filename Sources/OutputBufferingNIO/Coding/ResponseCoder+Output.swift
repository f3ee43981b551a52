#if NIO
  import DequeModule
  import HTTPContentCoding
  import HTTPOutputBuffering
  import NIOCore

  // Feeding the machine.
  extension ResponseCoder {
    /// Performs an operation of the machine and writes its output.
    func feed(
      _ promise: EventLoopPromise<Void>?, _ operation: (inout ResponseMachine) throws -> Void
    ) {
      if let promise { promises.append(promise) }
      do {
        if let response { try operation(&response.machine) }
      } catch {
        return breakOff(error)
      }
      if response?.machine.isOutputDue == true { emit() }
    }

    /// Sends what was written, at once or within the latency bound.
    func flushNow() {
      guard isHoldingBack, let latencyBound, let context else { return flushMachine() }
      // Earlier responses and output that the machine has handed out don't wait for the bound.
      flushChannel()
      guard flushTimer == nil else { return }
      flushTimer = context.eventLoop.assumeIsolated().scheduleTask(in: latencyBound) { [self] in
        flushTimer = nil
        if isBusy && response?.machine.isOpen == true {
          // Held content precedes what is being read or coded, so the flush follows both.
          events.prepend(.flush(isDue: true))
        } else {
          performing { flushMachine() }
        }
        resume()
      }
    }

    /// Sends what is ready of a response whose next parts wait.
    func flushReady() {
      if latencyBound == nil, case .coding = state, response?.machine.isOpen == false {
        feed(nil) { try $0.flush() }
        emit()
      }
      flushChannel()
    }

    /// Whether part of the current response may be held back.
    var isHoldingBack: Bool {
      switch state {
      case .holding, .coding: true
      case .idle, .passing, .tunnel, .closing: false
      }
    }

    func flushMachine() {
      if isHoldingBack {
        flushTimer?.cancel()
        flushTimer = nil
      }
      if case .holding = state { passHeld() }
      if case .coding = state {
        giveWhole()
        if response?.machine.holdsLongBody == true {
          // The body is coded in slices and flushed after that.
          events.prepend(.flush(isDue: true))
          guard commitReleasing(adding: 0) else { return }
          return work()
        }
        feed(nil) { try $0.flush() }
        // This completes promises whose bytes went out with an earlier write as well.
        emit()
      }
      flushChannel()
    }

    /// Writes the machine's output; its last part completes the promises of all writes so far.
    ///
    /// - Parameter body: A body to send unchanged between the head and the end.
    func emit(with body: ByteBuffer? = nil) {
      // Swap instead of copying: storage can be reused only if it is uniquely referenced.
      guard let context, let response else { return }
      var storage: ContiguousArray<UInt8> = []
      swap(&storage, &response.spent)
      var output = response.machine.takeOutput(reusing: storage)
      let commit = output.head == nil ? nil : response.machine.headCommit
      if let commit { logger.explain(commit.decision) }
      let content =
        output.body.isEmpty ? nil : NIOAny(Parts.body(ByteBuffer(bytes: output.body)))
      if output.body.capacity / 2 <= settings.maximumBufferedBytes {
        swap(&response.spent, &output.body)
      }
      guard case .complete(let trailers) = output.end else {
        guard commit != nil || content != nil else { return answerWithoutOutput() }
        let promise = takePromise() ?? context.eventLoop.makePromise()
        lastWritten = promise.futureResult
        if let commit { sendHead(of: response, commit, content == nil ? promise : nil) }
        if let content { send(content, promise) }
        return
      }
      let promise = takePromise()
      if let commit { sendHead(of: response, commit) }
      if let content { send(content) }
      if let body { send(NIOAny(Parts.body(body))) }
      sendLast(NIOAny(Parts.end(trailers)), promise, closesConnection: output.closesConnection)
    }

    private func sendHead(
      of response: Response, _ commit: HeadCommit, _ promise: EventLoopPromise<Void>? = nil
    ) {
      sendHead(
        Parts.head(response.head, commit, response.machine.examined.facts),
        framing: commit.framing, answering: response.machine.examined.request, promise)
    }

    /// Completes writes that produced no output together with the last written part.
    private func answerWithoutOutput() {
      guard let lastWritten, let promise = takePromise() else { return }
      lastWritten.cascade(to: promise)
    }

    /// Returns one promise that completes all pending ones.
    private func takePromise() -> EventLoopPromise<Void>? {
      guard let first = promises.first else { return nil }
      for other in promises.dropFirst() { first.futureResult.cascade(to: other) }
      promises.removeAll(keepingCapacity: true)
      return first
    }
  }

  // Breaking off.
  extension ResponseCoder {
    /// Breaks off a response that can't be completed.
    ///
    /// The client can detect the abort, and all pending writes fail.
    func breakOff(_ error: any Error, _ promise: EventLoopPromise<Void>? = nil) {
      if let promise { promises.append(promise) }
      let (context, framing) = (context, framing)
      response?.machine.abort()
      abandon(error)
      guard let context else { return }
      context.fireErrorCaught(error)
      // What the socket takes of earlier responses goes out first.
      context.flush()
      HTTP1AbortHandler.breakOff(context.channel, framing: framing)
    }

    /// Fails all pending promises, each once.
    func abandon(_ error: any Error) {
      flushTimer?.cancel()
      flushTimer = nil
      state = .closing
      pause = .none
      lastWritten = nil
      let held = response.take()?.held.promises ?? []
      let failed = promises + held + works.compactMap(\.promise)
      let waiting = events
      promises = []
      works.removeAll()
      events.removeAll()
      eventByteCount = 0
      for promise in failed { promise.fail(error) }
      for event in waiting { fail(event, error) }
    }

    func fail(_ event: Event, _ error: any Error) {
      switch event {
      case .flush: break
      case .write(_, let promise, _): promise?.fail(error)
      case .close(_, let promise):
        // The channel is closed or about to close.
        guard let context else {
          promise?.fail(error)
          break
        }
        context.channel.closeFuture.cascade(to: promise)
      }
    }
  }
#endif
