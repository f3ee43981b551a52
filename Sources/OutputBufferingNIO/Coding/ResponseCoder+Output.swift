#if NIO
  import HTTPOutputBuffering
  import HTTPTypes
  import NIOCore

  extension ResponseCoder {
    /// Sends what was written, at once or within the latency bound.
    func flush(_ context: ChannelHandlerContext) {
      if isReadingFile { return deferred.append(.flush) }
      guard case .coding = mode else { return context.flush() }
      guard let latencyBound else { return flushMachine(context) }
      guard flushTimer == nil else { return }
      let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
      flushTimer = context.eventLoop.scheduleTask(in: latencyBound) {
        let (coder, context) = bound.value
        coder.flushTimer = nil
        if case .coding = coder.mode, !coder.isReadingFile { coder.flushMachine(context) }
      }
    }

    private func flushMachine(_ context: ChannelHandlerContext) {
      feed(nil, context) { try $0.flush() }
      // Promises whose bytes went out with an earlier write are due as well.
      emit(context)
      context.flush()
    }

    /// Writes what the machine hands out; all promises it holds are kept by the last part.
    func emit(_ context: ChannelHandlerContext) {
      guard let head, var output = machine?.takeOutput(reusing: spent) else { return }
      spent = []
      closesAtEnd = closesAtEnd || output.closesConnection
      var parts: [Parts.Response] = []
      if let committed = output.head { parts.append(Parts.head(head, committed: committed)) }
      if !output.body.isEmpty {
        parts.append(Parts.body(ByteBuffer(bytes: output.body)))
        swap(&spent, &output.body)
      }
      let promise = takePromise(context.eventLoop)
      guard case .complete(let trailers) = output.end else {
        guard let last = parts.popLast() else {
          // Nothing left the encoder: an empty write keeps the promises in order.
          if let promise { context.write(NIOAny(Parts.body(ByteBuffer())), promise: promise) }
          return
        }
        for part in parts { context.write(NIOAny(part), promise: nil) }
        return context.write(NIOAny(last), promise: promise)
      }
      for part in parts { context.write(NIOAny(part), promise: nil) }
      endResponse()
      writeLast(Parts.end(trailers), promise, context)
      context.flush()
    }

    private func endResponse() {
      mode = .passing
      machine = nil
      head = nil
      flushTimer?.cancel()
      flushTimer = nil
    }

    /// Writes the end of a response, and closes behind it where that is its framing.
    func writeLast(
      _ part: Parts.Response, _ promise: EventLoopPromise<Void>?, _ context: ChannelHandlerContext
    ) {
      mode = .passing
      remainingByteCount = nil
      guard closesAtEnd else { return context.write(NIOAny(part), promise: promise) }
      closesAtEnd = false
      let written = promise ?? context.eventLoop.makePromise(of: Void.self)
      let channel = context.channel
      let eventLoop = context.eventLoop
      written.futureResult.whenSuccess {
        channel.close(mode: .output, promise: nil)
        let lingering = eventLoop.scheduleTask(in: HTTP1ConnectionHandler.lingerTime) {
          channel.close(promise: nil)
        }
        channel.closeFuture.whenComplete { _ in lingering.cancel() }
      }
      context.write(NIOAny(part), promise: written)
    }

    /// One promise for all that the machine's output answers.
    private func takePromise(_ eventLoop: any EventLoop) -> EventLoopPromise<Void>? {
      guard let first = promises.first else { return nil }
      if promises.count > 1 {
        for other in promises.dropFirst() { first.futureResult.cascade(to: other) }
      }
      promises.removeAll(keepingCapacity: true)
      return first
    }

    /// The response can't be completed: the client must see that, and every write learns it.
    func breakOff(_ error: any Error, _ context: ChannelHandlerContext) {
      machine?.abort()
      abandon(error)
      mode = .failed
      context.fireErrorCaught(error)
      context.close(promise: nil)
    }

    /// Fails what has not been answered, once.
    func abandon(_ error: any Error) {
      flushTimer?.cancel()
      flushTimer = nil
      mode = .failed
      machine = nil
      head = nil
      let failed = promises
      promises = []
      for promise in failed { promise.fail(error) }
      while let event = deferred.popFirst() {
        if case .write(_, let promise) = event { promise?.fail(error) }
      }
    }

    func fail(_ promise: EventLoopPromise<Void>?) {
      promise?.fail(ChannelError.ioOnClosedChannel)
    }
  }
#endif
