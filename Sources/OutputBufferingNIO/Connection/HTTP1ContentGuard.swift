#if NIO
  import HTTPContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  import NIOCore
  import NIOHTTP1

  /// Makes NIO's encoder frame every response as its request asks for, and sees that it keeps its length.
  ///
  /// It stands right above the encoder, which knows no request: that would send the body of a response to
  /// HEAD, end one without length by the last chunk of a body that isn't there, and send chunks to
  /// HTTP/1.0. Requests it doesn't see, since behind an upgrade what comes in isn't HTTP any more, and the
  /// pipeline knows that before a handler can: whoever writes a head says what it answers.
  ///
  /// NIO's close drops what the socket hasn't taken. Here it goes out before, unless the client takes nothing
  /// of it or `close(mode: .input)` gives it up, and a message that closing would end is broken off instead.
  /// Where a response is written and the client may still be sending, only our side is closed at first.
  final class HTTP1ContentGuard: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private var method = HTTPRequest.Method.get
    private var version = HTTPProtocolVersion.http1_1
    /// How the next final head is framed, where that is decided already.
    private var expectedFraming: MessageFraming?
    /// Whether it is known what the next final head answers.
    private var isExpectingHead = false
    private var content = Passage.Content.open
    /// The framing of a message whose end is still to come.
    private var unended: MessageFraming?
    /// Whether closing is what ends the content of the last response; nil where none has ended.
    private var isLastEndedByClose: Bool?
    private var isBroken = false
    private var closes: [(mode: CloseMode, promise: EventLoopPromise<Void>?)] = []
    private var isGivenUp = false
    private var patience: PatientClose?
    let stallTime: TimeAmount

    /// - Parameter stallTime: How long a client may take nothing of what goes out before a close.
    init(stallTime: TimeAmount = PatientClose.stallTime) {
      self.stallTime = stallTime
    }
    /// Behind a switch of protocols, or in a tunnel, the pipeline carries no HTTP any more.
    private(set) var isTunnel = false

    /// The next final head answers such a request; a head that nobody announces is taken for one of GET.
    ///
    /// - Parameters:
    ///   - method: The method of the request.
    ///   - version: The version of HTTP the client speaks.
    ///   - framing: How the response is framed, where that is decided already.
    func expectHead(
      answering method: HTTPRequest.Method, version: HTTPProtocolVersion,
      framed framing: MessageFraming? = nil
    ) {
      self.method = method
      self.version = version
      expectedFraming = framing
      isExpectingHead = true
    }

    /// Whether a request has begun whose end has not come.
    private var isReadingRequest = false
    /// How often the client had sent something when its last request had ended.
    private var readCount = 0
    private var breakHandler: HTTP1BreakHandler?

    /// A part of a request has come.
    ///
    /// - Parameters:
    ///   - isEnd: Whether it is the last one.
    ///   - context: That of the handler which has seen it.
    func hasRead(isEnd: Bool, _ context: ChannelHandlerContext) {
      isReadingRequest = !isEnd
      guard isEnd else { return }
      if breakHandler == nil {
        breakHandler = try? context.pipeline.syncOperations.handler(type: HTTP1BreakHandler.self)
      }
      readCount = breakHandler?.readCount ?? 0
    }

    /// Whether the client is sending a request, as far as can be known.
    private func isClientSending(_ channel: any Channel) -> Bool {
      isReadingRequest || (breakHandler.map { $0.readCount != readCount } ?? false)
        || channel.hasUnreadBytes
    }

    /// Whether nothing more is to be sent: the connection closes behind what was written.
    private(set) var isClosing = false

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
      guard !isTunnel else { return context.write(data, promise: promise) }
      guard !isBroken && !isClosing else {
        return promise?.fail(ChannelError.ioOnClosedChannel) ?? ()
      }
      do throws(ResponseError) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
          return context.write(wrapOutboundOut(.head(framed(head))), promise: promise)
        case .body(let bytes): try content.take(byteCount: bytes.readableBytes)
        case .end:
          try content.finish()
          isLastEndedByClose = unended?.isEndedByClose == true
          unended = nil
        }
      } catch {
        return breakOff(error, context, promise)
      }
      guard content == .none else { return context.write(data, promise: promise) }
      // An empty part keeps the promise in its order.
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer()))), promise: promise)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
      guard !isTunnel, !isBroken else { return context.close(mode: mode, promise: promise) }
      if mode == .all, breakHandler?.isLingering == true {
        return context.channel.closeFuture.cascade(to: promise)
      }
      guard mode != .input else {
        // Who isn't interested in the client any more doesn't wait for it either.
        isGivenUp = true
        patience?.giveUp()
        return context.close(mode: mode, promise: promise)
      }
      guard unended?.isEndedByClose != true else {
        context.channel.closeFuture.cascade(to: promise)
        return breakOff(context, framing: .connectionClose)
      }
      guard isLastEndedByClose != nil, patience != nil || waitForWrites(context) else {
        if mode == .all, isLastEndedByClose != nil, unended == nil, !isGivenUp,
          isClientSending(context.channel)
        {
          isClosing = true
          context.channel.closeFuture.cascade(to: promise)
          return context.closeBehindEnd()
        }
        return context.close(mode: isGivenUp ? .all : mode, promise: promise)
      }
      isClosing = true
      closes.append((mode, promise))
    }

    /// Lets a close wait, if there is anything to wait for.
    private func waitForWrites(_ context: ChannelHandlerContext) -> Bool {
      guard !isGivenUp else { return false }
      let channel = context.channel
      let written = context.eventLoop.makePromise(of: Void.self)
      // Nothing, which is done with all that was written before.
      context.writeAndFlush(
        wrapOutboundOut(.body(.byteBuffer(ByteBuffer()))), promise: written)
      patience = PatientClose(
        behind: written.futureResult, within: stallTime, watching: { channel.untakenByteCount }
      ) { [self] isTaken in
        patience = nil
        close(context, isTaken: isTaken)
      }
      return patience != nil
    }

    private func close(_ context: ChannelHandlerContext, isTaken: Bool) {
      let due = closes
      closes = []
      if isTaken && due.allSatisfy({ $0.mode == .output }) {
        for close in due { context.close(mode: .output, promise: close.promise) }
        return
      }
      for close in due { context.channel.closeFuture.cascade(to: close.promise) }
      guard context.channel.isActive else { return }
      if isTaken {
        // What the client still sends doesn't find a closed socket.
        context.closeBehindEnd()
      } else if isLastEndedByClose == true {
        breakOff(context, framing: .connectionClose)
      } else {
        // Closing the output alone would wait for what is given up.
        context.close(promise: nil)
      }
    }

    private func breakOff(_ context: ChannelHandlerContext, framing: MessageFraming?) {
      isBroken = true
      HTTP1BreakHandler.breakOff(context.channel, framing: framing)
    }

    /// A length that isn't kept makes the client take the next response for a part of this one.
    private func breakOff(
      _ error: ResponseError, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?
    ) {
      promise?.fail(error)
      context.fireErrorCaught(error)
      // The responses before this one are whole.
      context.flush()
      breakOff(context, framing: nil)
    }

    private func framed(_ head: HTTPResponseHead) -> HTTPResponseHead {
      guard !head.isInterim else { return head }
      defer {
        expectHead(answering: .get, version: .http1_1)
        isExpectingHead = false
      }
      let declared = head.headers.first(name: "content-length")
      let expected = expectedFraming.flatMap { $0.agrees(with: declared) ? $0 : nil }
      let framing = expected ?? head.framing(answering: method, version: version)
      unended = framing
      isTunnel = head.typedStatus.beginsTunnel(answering: method)
      content = Passage.Content(
        status: head.typedStatus, answering: method, framing: framing)
      // It may be one to HEAD.
      if !isExpectingHead, case .counted = content { content = .open }
      guard declared == nil, framing != .chunked || version == .http1_0 else { return head }
      var head = head
      if let length = head.typedStatus.lengthWithoutContent {
        head.headers.add(name: "content-length", value: String(length))
      } else if version == .http1_0 || (isTunnel && head.status != .switchingProtocols) {
        // The encoder applies chunks to HTTP/1.1 and leaves HTTP/1.0 alone.
        head.version = .http1_0
      }
      return head
    }
  }

  extension HTTP1ContentGuard {
    /// The guard of a pipeline of HTTP/1, which is added where there is none yet; nil where nothing
    /// encodes HTTP/1.
    static func find(in pipeline: ChannelPipeline.SynchronousOperations) -> HTTP1ContentGuard? {
      if let present = try? pipeline.handler(type: HTTP1ContentGuard.self) { return present }
      guard let encoder = try? pipeline.handler(type: HTTPResponseEncoder.self) else { return nil }
      let added = HTTP1ContentGuard()
      guard (try? pipeline.addHandler(added, position: .after(encoder))) != nil else { return nil }
      return added
    }
  }

  extension MessageFraming {
    /// Whether a head with this `Content-Length` can be framed so: a handler may have changed it on its way.
    fileprivate func agrees(with declared: String?) -> Bool {
      switch kind {
      case .noContent: true
      case .contentLength(let byteCount): declared.flatMap(HTTPFields.contentLength) == byteCount
      case .chunked, .endOfStream, .connectionClose: declared == nil
      }
    }
  }

  extension HTTPResponseHead {
    /// Whether the final response is still to come (RFC 9110 §15.2).
    var isInterim: Bool { (100..<200).contains(status.code) && status != .switchingProtocols }

    /// The status in HTTP types, which end at 999.
    var typedStatus: HTTPResponse.Status { HTTPResponse.Status(code: Int(min(status.code, 999))) }

    /// How NIO's encoder is to frame the response.
    func framing(
      answering method: HTTPRequest.Method, version: HTTPProtocolVersion
    ) -> MessageFraming {
      MessageFraming(
        status: typedStatus, method: method, version: version,
        contentLength: headers.first(name: "content-length").flatMap(HTTPFields.contentLength))
    }
  }
#endif
