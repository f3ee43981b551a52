#if NIO
  import HTTPContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  package import NIOCore
  import NIOHTTP2
  package import NIOHTTPTypes
  import NIOHTTPTypesHTTP2
  import Synchronization

  /// Watches an HTTP/2 stream, or an HTTP/1 connection, above the translation to HTTP types.
  ///
  /// On a stream it ensures that a response keeps its length and that a close doesn't cut the
  /// response off, as ``HTTP1ContentGuard`` does on HTTP/1.
  ///
  /// Use it with frameworks that accept handlers without saying what they are added to. On HTTP/1
  /// it adds the handler that belongs below the translation, and passes everything through.
  package final class HTTPWatchHandler: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPRequestPart
    package typealias InboundOut = HTTPRequestPart
    package typealias OutboundIn = HTTPResponsePart
    package typealias OutboundOut = HTTPResponsePart

    /// The watched connection; nil until the handler is in a pipeline.
    package private(set) var connection: HTTPServerConnection?
    private var isStream = false
    private var method = HTTPRequest.Method.get
    private var isReadingRequest = false
    private var content = UncodedResponse.RemainingContent.open
    private var http2Connection: HTTP2ConnectionHandler?
    /// Completes when the end of the response has been written; nil before the end.
    private var endWritten: EventLoopFuture<Void>?
    private var drainingClose: DrainingClose?
    /// Whether the client has been given up.
    private var isGivenUp = false
    private var isAnswered = false
    /// Whether the end of the response is written but not yet sent.
    private var isEndAwaited = false
    /// Whether the request arrived after the connection began to close, and isn't served.
    private var isRefused = false
    private let stallWatch = StallWatch()
    private var watchedStream: HTTP2StreamID?

    private let serverShutdown: ServerShutdown?

    /// - Parameter serverShutdown: The server's shutdown, if the adapter observes it.
    package init(serverShutdown: ServerShutdown? = nil) {
      self.serverShutdown = serverShutdown
    }

    package func handlerAdded(context: ChannelHandlerContext) {
      if let connection = try? HTTPServerConnection.watchHTTP1(
        context.channel, serverShutdown: serverShutdown)
      {
        self.connection = connection
      } else {
        isStream = true
        http2Connection = HTTP2ConnectionHandler.find(for: context.channel)
        http2Connection?.streamOpened()
        if let serverShutdown { http2Connection?.serverShutdown = serverShutdown }
        connection = HTTPServerConnection(
          channel: context.channel, hold: http2Connection?.hold, serverShutdown: serverShutdown,
          unfinished: http2Connection?.unfinished ?? UnfinishedResponses())
        closeConnectionAtEndOfInput(context.channel)
      }
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
      answered(isWhole: false)
      stopWatching()
      http2Connection?.streamEnded(isGivenUp: isGivenUp)
    }

    /// Records that the response has ended, or never will.
    private func answered(isWhole: Bool) {
      guard !isAnswered else { return }
      isAnswered = true
      http2Connection?.streamAnswered(isWhole: isWhole)
    }

    /// Closes the connection when its input ends.
    ///
    /// HTTP/2 has no half-closed connections. If the transport allows them, nothing closes the
    /// other half, and a client that left silently would go unnoticed.
    private func closeConnectionAtEndOfInput(_ stream: any Channel) {
      guard let connection = stream.parent, connection.parent != nil else { return }
      connection.setOption(.allowRemoteHalfClosure, value: false).whenFailure { _ in }
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      if isStream {
        switch unwrapInboundIn(data) {
        case _ where isRefused: return
        case .head where http2Connection?.isClosing == true:
          isRefused = true
          return context.close(promise: nil)
        case .head(let request):
          method = request.method
          isReadingRequest = true
          if request.expectsContinue {
            connection?.withheldRequest.store(0, ordering: .relaxed)
          }
          connection?.received(.streamRequest)
        case .body: needsNoContinue()
        case .end:
          isReadingRequest = false
          needsNoContinue()
          connection?.nextRequestEnd.store(1, ordering: .releasing)
        }
      }
      context.fireChannelRead(data)
    }

    /// Records that the client sends its content, or is answered without it.
    private func needsNoContinue() {
      guard let connection,
        connection.withheldRequest.load(ordering: .relaxed) >= 0
      else { return }
      connection.withheldRequest.store(-1, ordering: .relaxed)
    }

    private func writeContinue(_ context: ChannelHandlerContext) {
      guard let connection,
        connection.withheldRequest.exchange(-1, ordering: .relaxed) >= 0
      else { return }
      context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
    }

    package func write(
      context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
    ) {
      guard isStream else { return context.write(data, promise: promise) }
      do throws(ResponseError) {
        switch unwrapOutboundIn(data) {
        case .body(let bytes) where bytes.readableBytes == 0 && promise == nil:
          // Clients accept only a few empty frames before they fail the connection.
          break
        case .body where content == .none:
          promise?.succeed()
        case .body(let bytes):
          try content.take(byteCount: bytes.readableBytes)
          context.write(data, promise: promise)
        case .head(var head):
          expectContent(after: head)
          var data = data
          if head.headerFields.contains(.compressionMode) {
            // No middleware has taken the mode of the response.
            head.headerFields[.compressionMode] = nil
            data = wrapOutboundOut(.head(head))
          }
          context.write(
            data,
            promise: context.promise(
              sending: head.headerFields, on: http2Connection, answering: promise))
        case .end(let trailers):
          try content.finish()
          writeEnd(
            data, context: context,
            promise: context.promise(sending: trailers, on: http2Connection, answering: promise))
        }
      } catch {
        promise?.fail(error)
        context.fireErrorCaught(error)
        HTTP1AbortHandler.breakOff(context.channel, framing: nil)
      }
    }

    private func expectContent(after head: HTTPResponse) {
      guard head.status.kind != .informational else { return }
      needsNoContinue()
      connection?.headBegan(
        answering: HTTPServerConnection.RequestLine.streamRequest.number)
      let framing = MessageFraming(
        status: head.status, method: method, version: .http2,
        contentLength: head.headerFields.declaredContentLength)
      content = UncodedResponse.RemainingContent(
        status: head.status, answering: method, framing: framing)
    }

    private func writeEnd(
      _ data: NIOAny, context: ChannelHandlerContext, promise: EventLoopPromise<Void>?
    ) {
      let written = context.promise(answering: promise)
      let number = HTTPServerConnection.RequestLine.streamRequest.number
      connection?.ending(number)
      isEndAwaited = true
      written.futureResult.assumeIsolated().whenComplete { [self] result in
        isEndAwaited = false
        stopWatching()
        connection?.ended(number, isWritten: (try? result.get()) != nil)
      }
      answered(isWhole: true)
      endWritten = written.futureResult
      context.write(data, promise: written)
    }

    /// Closes the stream once its end is sent: closing would reset a stream whose end waits for the
    /// client's window (RFC 9113 §6.9).
    package func close(
      context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?
    ) {
      // Closing the input gives the client up: don't wait for it.
      if isStream && mode == .input { giveUp() }
      guard isStream, mode == .all, let endWritten,
        drainingClose != nil || wait(for: endWritten, context)
      else {
        return mode == .all
          ? closeStream(context, promise) : context.close(mode: mode, promise: promise)
      }
      context.channel.closeFuture.cascade(to: promise)
    }

    /// Closes the stream; if its client is still sending the request, after a complete response, with
    /// the reset that lets it keep the response (RFC 9113 §8.1).
    private func closeStream(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
      guard isStream, isReadingRequest, endWritten != nil, !isEndAwaited, !isGivenUp,
        context.channel.isActive
      else { return context.close(promise: promise) }
      context.channel.closeFuture.cascade(to: promise)
      let reset = context.eventLoop.makePromise(of: Void.self)
      reset.futureResult.assumeIsolated().whenComplete { _ in
        if context.channel.isActive { context.close(promise: nil) }
      }
      context.triggerUserOutboundEvent(
        NIOHTTP2FramePayloadToHTTPEvent.reset(code: .noError), promise: reset)
    }

    /// Delays a close if there is anything to wait for.
    private func wait(for written: EventLoopFuture<Void>, _ context: ChannelHandlerContext) -> Bool
    {
      guard !isGivenUp else { return false }
      context.flush()
      drainingClose = DrainingClose(
        after: written, within: DrainingClose.stallTime,
        watching: { [http2Connection] in -(http2Connection?.readCount ?? 0) }
      ) { [self] _ in
        drainingClose = nil
        // Don't close while NIO reports that the client has reset the stream.
        context.eventLoop.assumeIsolated().execute {
          if context.channel.isActive { self.closeStream(context, nil) }
        }
      }
      return drainingClose != nil
    }

    package func triggerUserOutboundEvent(
      context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
    ) {
      if isStream && event is ContinueResponse {
        writeContinue(context)
        return promise?.succeed() ?? ()
      }
      guard isStream, let interim = event as? InterimResponse else {
        return context.triggerUserOutboundEvent(event, promise: promise)
      }
      context.writeAndFlush(
        wrapOutboundOut(.head(interim.head)),
        promise: context.promise(
          sending: interim.head.headerFields, on: http2Connection, answering: promise))
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      // On HTTP/1 the handler below has already handled it.
      if isStream && event is ChannelShouldQuiesceEvent {
        connection?.quiesce()
        connection?.limitCloses { [self] in giveUp() }
      }
      context.fireUserInboundEventTriggered(event)
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
      if isStream { connection?.becameInactive() }
      context.fireErrorCaught(error)
    }

    package func channelInactive(context: ChannelHandlerContext) {
      answered(isWhole: false)
      stopWatching()
      if isStream { connection?.becameInactive() }
      if isReadingRequest {
        // A server might otherwise take the end of the stream for the end of its request.
        context.fireErrorCaught(ChannelError.inputClosed)
      }
      context.fireChannelInactive()
    }
  }

  // Clients that take nothing of a stream.
  extension HTTPWatchHandler {
    package func flush(context: ChannelHandlerContext) {
      context.flush()
      if isEndAwaited { watchClient(context) }
    }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
      if isStream {
        if !context.channel.isWritable {
          watchClient(context)
        } else if !isEndAwaited {
          stopWatching()
        }
      }
      context.fireChannelWritabilityChanged()
    }

    private func stopWatching() {
      stallWatch.stop()
      if let stream = watchedStream.take() { http2Connection?.unwatchContent(of: stream) }
    }

    /// Gives the client up if it stops taking what is due.
    private func watchClient(_ context: ChannelHandlerContext) {
      guard !stallWatch.isWatching, let limit = self.connection?.stallLimit,
        let http2Connection, let connection = context.channel.parent, context.channel.isActive,
        let stream = try? context.channel.syncOptions?.getOption(HTTP2StreamChannelOptions.streamID)
      else { return }
      watchedStream = stream
      http2Connection.watchContent(of: stream)
      var progress = StreamProgress(of: stream, on: connection, http2Connection)
      stallWatch.start(on: context.eventLoop, within: limit) {
        progress.hasProgressed()
      } _: { [self] in
        let isConnectionBlocked = !connection.isWritable
        giveUp()
        context.close(promise: nil)
        // A reset frame can't get through either.
        if isConnectionBlocked { http2Connection.breakOff() }
      }
    }

    private func giveUp() {
      guard !isGivenUp else { return }
      isGivenUp = true
      http2Connection?.streamGivenUp()
      drainingClose?.giveUp()
    }
  }

  extension HTTPRequest {
    /// Whether the client waits for 100 (Continue) (RFC 9110 §10.1.1).
    fileprivate var expectsContinue: Bool {
      headerFields.contains(.expect)
        && HTTPFields.expectsContinue(expect: headerFields[values: .expect])
    }
  }

  extension HTTPServerConnection.RequestLine {
    /// The stream's only request; closing the connection doesn't concern a stream.
    fileprivate static var streamRequest: Self {
      Self(number: 0, method: .get, version: .http2, isKeepAlive: true)
    }
  }

  @available(*, unavailable)
  extension HTTPWatchHandler: Sendable {}
#endif
