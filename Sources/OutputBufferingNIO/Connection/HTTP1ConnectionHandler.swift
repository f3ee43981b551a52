#if NIO
  import DequeModule
  import HTTPContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  import NIOCore
  import NIOHTTP1
  import NIOHTTPTypesHTTP1
  import Synchronization

  /// Watches an HTTP/1 connection between NIO's codec and the translation to HTTP types.
  ///
  /// At this place a request still has its version, and the end of a response can be observed as it
  /// leaves.
  final class HTTP1ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    let connection: HTTPServerConnection
    private let contentGuard: HTTP1ContentGuard
    private var unanswered = Deque<HTTPServerConnection.RequestLine>()
    private var isDraining = false
    /// Whether closing the connection ends the response being written.
    private var isEndedByClose = false
    private var requestCount = 0
    /// The number of awaited writes.
    private var awaitedCount = 0
    private let stallWatch = StallWatch()
    /// The request whose client withholds its content until it receives 100 (Continue).
    private var withheld: Int? {
      let number = connection.withheldRequest.load(ordering: .relaxed)
      return number < 0 ? nil : number
    }
    /// Whether to send 100 (Continue) as soon as it is the request's turn.
    private var isContinueDue = false
    private var isInputClosed = false
    /// The request whose response has a head and no end yet.
    private var underway: Int?
    /// Whether a response has a head and no end yet; it may answer no request.
    private var isResponseOpen = false

    init(connection: HTTPServerConnection, contentGuard: HTTP1ContentGuard) {
      self.connection = connection
      self.contentGuard = contentGuard
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      guard !contentGuard.isTunnel else { return context.fireChannelRead(data) }
      let part = unwrapInboundIn(data)
      if case .body = part {} else { contentGuard.hasRead(isEnd: HTTP1Parts.isEnd(part)) }
      // After a response that closes the connection, no request is processed.
      guard !isDraining && !contentGuard.isClosing else { return }
      switch part {
      case .head(let head):
        let request = HTTPServerConnection.RequestLine(
          number: requestCount,
          method: HTTPRequest.Method(nio: head.method),
          version: head.version == .http1_0 ? .http1_0 : .http1_1,
          isKeepAlive: head.isKeepAlive && head.version != .http1_0)
        requestCount += 1
        unanswered.append(request)
        if head.expectsContinue {
          connection.withheldRequest.store(request.number, ordering: .relaxed)
        }
        connection.received(request)
      case .body: sendsContent()
      case .end:
        sendsContent()
        connection.nextRequestEnd.store(requestCount, ordering: .releasing)
      }
      context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
      contentGuard.readComplete(of: self)
      context.fireChannelReadComplete()
    }

    /// Records that the client sends its content, or no longer has to.
    private func sendsContent() {
      guard withheld != nil else { return }
      isContinueDue = false
      connection.withheldRequest.store(-1, ordering: .relaxed)
    }

    private func writeContinue(_ context: ChannelHandlerContext) {
      guard let withheld else { return }
      // Don't interleave it with the parts of the previous response.
      guard unanswered.first?.number == withheld else { return isContinueDue = true }
      sendsContent()
      let head = HTTPResponseHead(version: .http1_1, status: .continue)
      context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
      guard !contentGuard.isTunnel else { return context.write(data, promise: promise) }
      switch unwrapOutboundIn(data) {
      case .head(let head) where head.isInterim: context.write(data, promise: promise)
      case .head(let head): writeHead(head, data, context: context, promise: promise)
      // What follows the end would be read as the beginning of the next response.
      case _ where !isResponseOpen: promise?.fail(ResponseError.writtenAfterEnd)
      case .body: context.write(data, promise: promise)
      case .end: writeLast(data, context: context, promise: promise)
      }
    }

    private func writeHead(
      _ head: HTTPResponseHead, _ data: NIOAny, context: ChannelHandlerContext,
      promise: EventLoopPromise<Void>?
    ) {
      var head = head
      var isChanged = head.headers.removeCompressionMode()
      let request = unanswered.first
      let (method, version) = (request?.method ?? .get, request?.version ?? .http1_1)
      let framing = head.framing(answering: method, version: version)
      contentGuard.expectHead(answering: method, version: version, framed: framing)
      let omitsContentLength = connection.headBegan(answering: request?.number)
      if head.typedStatus.beginsTunnel(answering: method) {
        // No HTTP follows: the head also ends the response.
        return writeLast(
          isChanged ? wrapOutboundOut(.head(head)) : data, context: context, promise: promise)
      }
      isEndedByClose = framing == .connectionClose
      // Another response may have taken the place of the one without a length.
      if framing == .noContent && omitsContentLength && head.headers["content-length"] == ["0"] {
        head.headers.remove(name: "content-length")
        isChanged = true
      }
      underway = request?.number
      isResponseOpen = true
      if isInputClosed { checkHalfClosedClient(context) }
      // A final response refuses withheld content; whether that content still comes is unknown.
      let isRefusal = withheld != nil && withheld == request?.number
      if isRefusal { sendsContent() }
      let isAsked = HTTPFields.asksToClose(connection: head.headers["connection"])
      if isAsked || isRefusal || request?.isKeepAlive == false || isEndedByClose
        || connection.isClosingAtEnd
      {
        connection.closeAtEnd()
        let options = HTTPFields.closing(connection: head.headers["connection"])
        head.headers.replaceOrAdd(name: "connection", value: options)
        isChanged = true
      }
      context.write(isChanged ? wrapOutboundOut(.head(head)) : data, promise: promise)
    }

    /// Handles a half-closed client if the response is still incomplete in the next turn.
    ///
    /// A response without an end by then is streamed.
    private func checkHalfClosedClient(_ context: ChannelHandlerContext) {
      let number = underway
      context.eventLoop.assumeIsolated().execute { [self] in
        if number != nil && underway == number { connection.halfClosedClientWaits() }
      }
    }

    private func writeLast(
      _ data: NIOAny, context: ChannelHandlerContext, promise: EventLoopPromise<Void>?
    ) {
      let request = unanswered.popFirst()
      underway = nil
      isResponseOpen = false
      let isClosing = request.map { connection.ending($0.number) } ?? connection.isClosingAtEnd
      isDraining = isDraining || isClosing
      let isLast = isDraining
      let isEndedByClose = isEndedByClose
      let written = awaited(promise, context) { [connection] isWritten in
        let keeper = request.flatMap { connection.ended($0.number, isWritten: isWritten) }
        guard isLast && isWritten else { return }
        guard let keeper else { return context.closeAfterEnd() }
        // Only the close completes the client's response.
        if isEndedByClose { context.close(mode: .output, promise: nil) }
        context.closeWhenReleased(by: keeper)
      }
      context.write(data, promise: written)
      if isContinueDue && !isLast { writeContinue(context) }
    }

    func triggerUserOutboundEvent(
      context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
    ) {
      let part: HTTPServerResponsePart
      switch event {
      case let interim as InterimResponse: part = .head(HTTPResponseHead(interim.head))
      case let file as FileContent: part = .body(.fileRegion(file.region))
      case is ContinueResponse:
        if !contentGuard.isTunnel && !isDraining { writeContinue(context) }
        return promise?.succeed() ?? ()
      default: return context.triggerUserOutboundEvent(event, promise: promise)
      }
      guard !contentGuard.isTunnel else { return promise?.succeed() ?? () }
      context.write(wrapOutboundOut(part), promise: awaited(promise, context))
      flush(context: context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      if case .inputClosed = event as? ChannelEvent {
        isInputClosed = true
        connection.inputClosed(isResponseUnderway: underway != nil)
      }
      if event is ChannelShouldQuiesceEvent {
        connection.quiesce()
        connection.limitCloses()
      }
      context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      if error is IOError { connection.becameInactive() }
      context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
      stallWatch.stop()
      connection.becameInactive()
      context.fireChannelInactive()
    }
  }

  extension ResponseError {
    fileprivate static var writtenAfterEnd: ResponseError {
      ResponseError(code: .ended, message: "the response has ended")
    }
  }

  // Clients that take nothing.
  extension HTTP1ConnectionHandler {
    func flush(context: ChannelHandlerContext) {
      context.flush()
      if awaitedCount > 0 { watchClient(context) }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
      context.channel.isWritable ? stopWatching(context) : watchClient(context)
      context.fireChannelWritabilityChanged()
    }

    func handlerRemoved(context: ChannelHandlerContext) { stallWatch.stop() }

    /// Returns a promise for a write that is awaited.
    private func awaited(
      _ promise: EventLoopPromise<Void>?, _ context: ChannelHandlerContext,
      then next: @escaping (_ isWritten: Bool) -> Void = { _ in }
    ) -> EventLoopPromise<Void> {
      let written = context.promise(answering: promise)
      awaitedCount += 1
      written.futureResult.assumeIsolated().whenComplete { [self] result in
        awaitedCount -= 1
        stopWatching(context)
        next((try? result.get()) != nil)
      }
      return written
    }

    private func stopWatching(_ context: ChannelHandlerContext) {
      guard stallWatch.isWatching, awaitedCount == 0, context.channel.isWritable else { return }
      stallWatch.stop()
    }

    /// Gives the client up if it stops taking what is awaited.
    private func watchClient(_ context: ChannelHandlerContext) {
      guard !stallWatch.isWatching, !contentGuard.isTunnel, context.channel.isActive else { return }
      let channel = context.channel
      var seen = channel.progress
      stallWatch.start(on: context.eventLoop, within: connection.stallLimit) {
        let now = channel.progress
        defer { seen = now }
        return now.hasProgressed(since: seen)
      } _: { [self] in
        HTTP1AbortHandler.breakOff(channel, framing: isEndedByClose ? .connectionClose : nil)
      }
    }
  }

  extension HTTPHeaders {
    /// Removes the mode of a response that no middleware has taken.
    ///
    /// - Returns: Whether there was one.
    fileprivate mutating func removeCompressionMode() -> Bool {
      let name = HTTPField.Name.compressionMode.rawName
      guard contains(name: name) else { return false }
      remove(name: name)
      return true
    }
  }

  extension HTTPRequestHead {
    /// Whether the client waits for 100 (Continue); HTTP/1.0 clients don't (RFC 9110 §10.1.1).
    fileprivate var expectsContinue: Bool {
      version == .http1_1 && HTTPFields.expectsContinue(expect: headers["expect"])
    }
  }

  extension ChannelHandlerContext {
    /// Closes the connection once a handler that keeps it without being admitted releases it.
    fileprivate func closeWhenReleased(by exchange: ResponseExchange) {
      let bound = NIOLoopBound(self, eventLoop: eventLoop)
      let eventLoop = eventLoop
      Task {
        await exchange.released()
        eventLoop.execute { bound.value.closeAfterEnd() }
      }
    }
  }
#endif
