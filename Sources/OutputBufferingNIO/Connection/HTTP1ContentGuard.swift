#if NIO
  import HTTPContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  import NIOCore
  import NIOHTTP1

  /// Makes NIO's encoder frame each response as its request requires, and ensures its length.
  ///
  /// It sits directly above the encoder, which knows no request: the encoder would send the body of
  /// a response to HEAD, end a response without a length by the last chunk of a body that isn't
  /// there, and send chunks to HTTP/1.0. The guard doesn't see requests either: after an upgrade
  /// the inbound bytes are no longer HTTP, and the pipeline knows that before a handler can. The
  /// code that writes a head therefore announces what the head answers.
  ///
  /// NIO's close drops what the socket hasn't accepted. Here it goes out first, unless the client
  /// takes nothing of it or `close(mode: .input)` gives it up. If closing would appear to complete
  /// an unfinished message, the message is broken off instead, also if NIO closes by itself because
  /// the client has closed its sending side. After a complete response, if the
  /// client may still be sending, only our side is closed at first.
  final class HTTP1ContentGuard: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// The request that the next final head answers, and the framing of the response if already
    /// decided; nil if the head is unannounced.
    private var expected:
      (method: HTTPRequest.Method, version: HTTPProtocolVersion, framing: MessageFraming?)?
    private var content = UncodedResponse.RemainingContent.open
    /// The framing of a message whose end hasn't been written.
    private var unended: MessageFraming?
    /// Whether closing ends the content of the last complete response; nil if there is none.
    private var isLastEndedByClose: Bool?
    private var isBroken = false
    private var closes: [(mode: CloseMode, promise: EventLoopPromise<Void>?)] = []
    private var isGivenUp = false
    private var drainingClose: DrainingClose?
    let stallTime: TimeAmount

    /// - Parameter stallTime: How long a client may take nothing of what is sent before a close.
    init(stallTime: TimeAmount = DrainingClose.stallTime) {
      self.stallTime = stallTime
    }
    /// Whether the pipeline no longer carries HTTP, after a protocol switch or in a tunnel.
    private(set) var isTunnel = false

    /// Announces the request that the next final head answers.
    ///
    /// An unannounced head is treated as the answer to a GET.
    ///
    /// - Parameters:
    ///   - method: The request's method.
    ///   - version: The client's HTTP version.
    ///   - framing: The response's framing, if already decided.
    func expectHead(
      answering method: HTTPRequest.Method, version: HTTPProtocolVersion,
      framed framing: MessageFraming? = nil
    ) {
      expected = (method, version, framing)
    }

    private func count(_ byteCount: Int) throws(ResponseError) {
      // A call on the property itself would have to be checked for exclusive access.
      var rest = content
      try rest.take(byteCount: byteCount)
      content = rest
    }

    /// Whether a request has begun and not ended.
    private var isReadingRequest = false
    /// Whether a request has ended since the last ``readComplete()``.
    private var hasReadEnd = false

    /// Records that the head or the end of a request has arrived.
    func hasRead(isEnd: Bool) {
      isReadingRequest = !isEnd
      if isEnd { hasReadEnd = true }
    }

    /// The handler whose reads count, of those that report the same ones.
    private var reader: ObjectIdentifier?

    /// Records that everything the client has sent so far has been read.
    ///
    /// - Parameter handler: The handler that reports it.
    func readComplete(of handler: AnyObject) {
      if reader == nil { reader = ObjectIdentifier(handler) }
      guard reader == ObjectIdentifier(handler) else { return }
      // Input that ended no request belongs to one of which nothing may have arrived here.
      if !hasReadEnd { isReadingRequest = true }
      hasReadEnd = false
    }

    /// Records that a handler leaves the pipeline, so that another one has to report reads.
    func left(_ handler: AnyObject) {
      if reader == ObjectIdentifier(handler) { reader = nil }
    }

    /// Whether the client is sending a request, as far as this is known: TLS may hold part of a record.
    private func isClientSending(_ channel: any Channel) -> Bool {
      isReadingRequest || channel.hasUnreadBytes
    }

    /// Whether nothing more may be written: the connection closes once earlier writes are out.
    private(set) var isClosing = false

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
      guard !isTunnel else { return context.write(data, promise: promise) }
      // The client would read on after content that only the close ends.
      guard !isBroken && !isClosing && isLastEndedByClose != true else {
        return promise?.fail(ChannelError.ioOnClosedChannel) ?? ()
      }
      do throws(ResponseError) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
          let adapted = adapted(head).map { wrapOutboundOut(.head($0)) }
          if isUnendedAtClose { context.channel.setResetAtClose(true) }
          return context.write(adapted ?? data, promise: promise)
        case .body(let bytes): try count(bytes.readableBytes)
        case .end:
          try content.finish()
          let isEndedByClose = isUnendedAtClose
          isLastEndedByClose = unended == .connectionClose
          unended = nil
          if isEndedByClose {
            return context.write(data, promise: context.promise(endingByClose: promise))
          }
        }
      } catch {
        return breakOff(error, context, promise)
      }
      guard content == .none else { return context.write(data, promise: promise) }
      // An empty part completes the promise in order.
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer()))), promise: promise)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
      guard !isTunnel, !isBroken else { return context.close(mode: mode, promise: promise) }
      if mode == .all, HTTP1AbortHandler.isLingering(in: context.pipeline.syncOperations) {
        return context.channel.closeFuture.cascade(to: promise)
      }
      guard mode != .input else {
        // Closing the input gives the client up: don't wait for it.
        giveUp()
        return context.close(mode: mode, promise: promise)
      }
      guard !isUnendedAtClose else {
        context.channel.closeFuture.cascade(to: promise)
        return breakOff(context, framing: .connectionClose)
      }
      // Flushing may make handlers above write what they hold.
      if isLastEndedByClose != nil { isClosing = true }
      guard isLastEndedByClose != nil, drainingClose != nil || waitForWrites(context) else {
        if mode == .all, isLastEndedByClose != nil, unended == nil, !isGivenUp,
          isClientSending(context.channel)
        {
          context.channel.closeFuture.cascade(to: promise)
          return context.closeAfterEnd()
        }
        return context.close(mode: isGivenUp ? .all : mode, promise: promise)
      }
      closes.append((mode, promise))
    }

    /// Stops waiting for the client before a close, now and later.
    func giveUp() {
      isGivenUp = true
      drainingClose?.giveUp()
    }

    /// Delays a close if there is anything to wait for.
    private func waitForWrites(_ context: ChannelHandlerContext) -> Bool {
      guard !isGivenUp else { return false }
      let channel = context.channel
      let written = context.eventLoop.makePromise(of: Void.self)
      // An empty write completes after all earlier writes.
      context.writeAndFlush(
        wrapOutboundOut(.body(.byteBuffer(ByteBuffer()))), promise: written)
      drainingClose = DrainingClose(
        after: written.futureResult, within: stallTime, watching: { channel.untakenByteCount }
      ) { [self] isTaken in
        drainingClose = nil
        close(context, isTaken: isTaken)
      }
      return drainingClose != nil
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
        // Keep the socket open for what the client still sends.
        context.closeAfterEnd()
      } else if isLastEndedByClose == true {
        breakOff(context, framing: .connectionClose)
      } else {
        // Closing only the output would wait for data that has been given up.
        context.close(promise: nil)
      }
    }

    /// Whether a close would appear to complete a message whose end hasn't been written.
    private var isUnendedAtClose: Bool { unended == .connectionClose }

    private func breakOff(_ context: ChannelHandlerContext, framing: MessageFraming?) {
      isBroken = true
      HTTP1AbortHandler.breakOff(context.channel, framing: framing)
    }

    /// Breaks the connection off: with a wrong length, the client would read the next response as a
    /// part of this one.
    private func breakOff(
      _ error: ResponseError, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?
    ) {
      promise?.fail(error)
      context.fireErrorCaught(error)
      // What the socket takes of earlier responses goes out first.
      context.flush()
      breakOff(context, framing: nil)
    }

    /// Notes the framing of a head and makes the encoder apply it.
    ///
    /// - Returns: The head to send; nil to send it unchanged.
    private func adapted(_ head: HTTPResponseHead) -> HTTPResponseHead? {
      guard !head.isInterim else { return nil }
      let announced = expected.take()
      let (method, version) = (announced?.method ?? .get, announced?.version ?? .http1_1)
      let status = head.typedStatus
      var head = head
      let isRepaired = head.headers.removeMisstatedFraming()
      let declared = head.headers.first(name: "content-length")
      let decided = announced?.framing.flatMap { $0.agrees(with: status, declared) ? $0 : nil }
      let framing = decided ?? head.framing(answering: method, version: version)
      unended = framing
      isTunnel = status.beginsTunnel(answering: method)
      content = UncodedResponse.RemainingContent(
        status: status, answering: method, framing: framing)
      // An unannounced head may answer HEAD, so its length isn't enforced.
      if announced == nil, case .counted = content { content = .open }
      if let length = status.lengthWithoutContent {
        head.headers.replaceOrAdd(name: "content-length", value: String(length))
        return head
      }
      guard declared == nil, framing != .chunked || version == .http1_0 else {
        return isRepaired ? head : nil
      }
      if version == .http1_0 || (isTunnel && status != .switchingProtocols) {
        // The encoder chunks HTTP/1.1 responses and leaves HTTP/1.0 ones alone.
        head.version = .http1_0
      }
      return head
    }
  }

  extension HTTP1ContentGuard {
    /// Returns the pipeline's guard, adding one if needed; nil if nothing encodes HTTP/1.
    static func find(in pipeline: ChannelPipeline.SynchronousOperations) -> HTTP1ContentGuard? {
      if let present = try? pipeline.handler(type: HTTP1ContentGuard.self) { return present }
      guard let encoder = try? pipeline.handler(type: HTTPResponseEncoder.self) else { return nil }
      let added = HTTP1ContentGuard()
      guard (try? pipeline.addHandler(added, position: .after(encoder))) != nil else { return nil }
      return added
    }
  }

  extension ChannelHandlerContext {
    /// Returns a promise for the end of a message that closing the connection ends: as soon as it is
    /// in the socket, a close no longer resets the connection.
    fileprivate func promise(
      endingByClose promise: EventLoopPromise<Void>?
    ) -> EventLoopPromise<Void> {
      let written = eventLoop.makePromise(of: Void.self)
      let channel = channel
      written.futureResult.assumeIsolated().whenSuccess { channel.setResetAtClose(false) }
      written.futureResult.cascade(to: promise)
      return written
    }
  }

  extension HTTPHeaders {
    /// Removes fields that misstate the framing: a length that isn't one number, and a transfer coding,
    /// which the encoder adds where it applies one.
    ///
    /// - Returns: Whether there were any.
    fileprivate mutating func removeMisstatedFraming() -> Bool {
      var (hasLength, misstatesLength, hasTransferEncoding) = (false, false, false)
      // Most names differ from these two in length.
      for (name, value) in self where name.utf8.count == 14 || name.utf8.count == 17 {
        switch KnownField(name) {
        case .contentLength:
          misstatesLength = hasLength || HTTPFields.contentLength(value) == nil
          hasLength = true
        case .transferEncoding: hasTransferEncoding = true
        default: break
        }
      }
      if misstatesLength { remove(name: "content-length") }
      if hasTransferEncoding { remove(name: "transfer-encoding") }
      return misstatesLength || hasTransferEncoding
    }
  }

  extension MessageFraming {
    /// Whether a head with this status and `Content-Length` has this framing; a handler may have
    /// changed it.
    fileprivate func agrees(with status: HTTPResponse.Status, _ declared: String?) -> Bool {
      guard status.allowsContent || self == .noContent else { return false }
      return switch kind {
      case .noContent: true
      case .contentLength(let byteCount): declared.flatMap(HTTPFields.contentLength) == byteCount
      case .chunked, .endOfStream, .connectionClose: declared == nil
      }
    }
  }

  extension HTTPResponseHead {
    /// Whether this is an interim response, with the final one still to come (RFC 9110 §15.2).
    var isInterim: Bool { (100..<200).contains(status.code) && status != .switchingProtocols }

    /// The status in HTTP types, whose codes end at 999.
    var typedStatus: HTTPResponse.Status { HTTPResponse.Status(code: Int(min(status.code, 999))) }

    /// The framing that NIO's encoder has to apply.
    func framing(
      answering method: HTTPRequest.Method, version: HTTPProtocolVersion
    ) -> MessageFraming {
      MessageFraming(
        status: typedStatus, method: method, version: version,
        contentLength: headers.first(name: "content-length").flatMap(HTTPFields.contentLength))
    }
  }
#endif
