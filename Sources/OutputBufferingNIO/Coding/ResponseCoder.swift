#if NIO
  import HTTPContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  import NIOCore

  /// The work of the public channel handlers: each response that may be coded goes through a machine,
  /// the others pass.
  ///
  /// It belongs to the channel's event loop.
  final class ResponseCoder<Parts: HTTPServerParts> {
    /// What becomes of the parts of the current response.
    enum Mode {
      /// They go out as they come; also what comes between responses.
      case passing
      /// The head is the whole response: content that comes all the same is dropped.
      case withoutContent
      /// They go through the machine.
      case coding
      /// The response failed and the connection is being closed.
      case failed
    }

    /// What came while a file is being read.
    enum Deferred {
      case write(Parts.Response, EventLoopPromise<Void>?)
      case flush
    }

    let settings: ResponseSettings
    let latencyBound: TimeAmount?
    let version: HTTPProtocolVersion

    var requests: CircularBuffer<RequestMetadata> = []
    var mode = Mode.passing
    var machine: ResponseMachine?
    var head: Parts.Head?
    /// Promises of writes whose bytes the machine has taken.
    var promises: [EventLoopPromise<Void>] = []
    var closesAtEnd = false
    /// How much of a passing body is still due, where its length was declared.
    var remainingByteCount: Int?
    var flushTimer: Scheduled<Void>?
    var isReadingFile = false
    var deferred: CircularBuffer<Deferred> = []
    var spent: ContiguousArray<UInt8> = []

    init(settings: ResponseSettings, latencyBound: TimeAmount?, version: HTTPProtocolVersion) {
      self.settings = settings
      self.latencyBound = latencyBound
      self.version = version
    }

    /// Remembers what a request accepts until its response comes.
    func read(_ part: Parts.Request) {
      guard let request = Parts.metadata(of: part, version: version) else { return }
      requests.append(request)
    }
  }

  extension ResponseCoder {
    func write(
      _ part: Parts.Response, _ promise: EventLoopPromise<Void>?, _ context: ChannelHandlerContext
    ) {
      if isReadingFile { return deferred.append(.write(part, promise)) }
      if case .failed = mode { return fail(promise) }
      switch Parts.event(of: part) {
      case .head(let head): writeHead(head, part, promise, context)
      case .bytes(let bytes): writeBytes(bytes, part, promise, context)
      case .file(let region): writeFile(region, part, promise, context)
      case .end(let trailers): writeEnd(trailers, part, promise, context)
      }
    }

    private func writeHead(
      _ head: Parts.Head, _ part: Parts.Response, _ promise: EventLoopPromise<Void>?,
      _ context: ChannelHandlerContext
    ) {
      guard let response = try? Parts.decode(head) else {
        // Not a head that HTTP types can hold; what its response means is not for us to say.
        mode = .passing
        _ = requests.popFirst()
        return context.write(NIOAny(part), promise: promise)
      }
      if response.status.kind == .informational && response.status != .switchingProtocols {
        guard (requests.first?.version ?? version).hasInterimResponses else {
          return promise?.succeed() ?? ()
        }
        return context.writeAndFlush(NIOAny(part), promise: promise)
      }
      let request =
        requests.popFirst()
        ?? RequestMetadata(method: .get, version: version, acceptEncoding: AcceptEncoding([:]))
      var machine = ResponseMachine(request: request, head: response, settings: settings)
      let byteCount = response.headerFields.declaredContentLength
      if let committed = machine.passThrough(bodyByteCount: byteCount) {
        mode =
          committed.framing == .noContent && response.status != .switchingProtocols
            && request.method != .connect ? .withoutContent : .passing
        closesAtEnd = committed.framing == .connectionClose
        remainingByteCount =
          if case .contentLength(let length) = committed.framing { length } else { nil }
        context.write(NIOAny(Parts.head(head, committed: committed)), promise: promise)
      } else {
        mode = .coding
        self.machine = consume machine
        self.head = head
        if let promise { promises.append(promise) }
      }
    }

    private func writeBytes(
      _ bytes: ByteBuffer, _ part: Parts.Response, _ promise: EventLoopPromise<Void>?,
      _ context: ChannelHandlerContext
    ) {
      switch mode {
      case .passing: pass(part, bytes.readableBytes, promise, context)
      case .withoutContent: context.write(NIOAny(Parts.body(ByteBuffer())), promise: promise)
      case .failed: fail(promise)
      case .coding: feed(promise, context) { try $0.write(bytes.readableBytesUInt8Span) }
      }
    }

    private func writeFile(
      _ region: FileRegion, _ part: Parts.Response, _ promise: EventLoopPromise<Void>?,
      _ context: ChannelHandlerContext
    ) {
      switch mode {
      case .passing: pass(part, region.readableBytes, promise, context)
      case .withoutContent: context.write(NIOAny(Parts.body(ByteBuffer())), promise: promise)
      case .failed: fail(promise)
      case .coding: readFile(region, promise, context)
      }
    }

    private func writeEnd(
      _ trailers: HTTPFields?, _ part: Parts.Response, _ promise: EventLoopPromise<Void>?,
      _ context: ChannelHandlerContext
    ) {
      switch mode {
      case .failed: fail(promise)
      case .passing where (remainingByteCount ?? 0) > 0:
        breakOff(code: .declaredLengthNotReached, promise, context)
      case .passing, .withoutContent:
        writeLast(part, promise, context)
      case .coding:
        feed(promise, context) { try $0.finish(trailers: trailers) }
      }
    }

    /// Passes content on as long as it keeps the length that was declared for it.
    private func pass(
      _ part: Parts.Response, _ byteCount: Int, _ promise: EventLoopPromise<Void>?,
      _ context: ChannelHandlerContext
    ) {
      if let remaining = remainingByteCount {
        guard byteCount <= remaining else {
          return breakOff(code: .declaredLengthExceeded, promise, context)
        }
        remainingByteCount = remaining - byteCount
      }
      context.write(NIOAny(part), promise: promise)
    }

    private func breakOff(
      code: ResponseError.Code, _ promise: EventLoopPromise<Void>?, _ context: ChannelHandlerContext
    ) {
      if let promise { promises.append(promise) }
      let error = ResponseError(
        code: code, message: "the body doesn't have the length that Content-Length declares")
      breakOff(error, context)
    }

    /// Gives the machine something and writes what it hands out.
    func feed(
      _ promise: EventLoopPromise<Void>?, _ context: ChannelHandlerContext,
      _ operation: (inout ResponseMachine) throws -> Void
    ) {
      if let promise { promises.append(promise) }
      do {
        try machine?.perform(operation)
      } catch {
        return breakOff(error, context)
      }
      if machine?.isOutputDue == true { emit(context) }
    }
  }

  extension ResponseMachine {
    fileprivate mutating func perform(_ operation: (inout ResponseMachine) throws -> Void) throws {
      try operation(&self)
    }
  }
#endif
