#if NIO
  import HTTPContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  import NIOCore
  import NIOHTTP1
  import NIOHTTPTypes
  import NIOHTTPTypesHTTP1

  /// The messages of a pipeline: how a handler recognizes and makes their parts.
  protocol HTTPServerParts: SendableMetatype {
    associatedtype Handler: ChannelDuplexHandler
    where Handler.InboundIn == Request, Handler.OutboundIn == Response
    associatedtype Request
    associatedtype Response
    /// The pipeline's type of a head, which may hold more than HTTP types can.
    associatedtype Head

    /// Whether a request carries its HTTP version.
    static var carriesVersion: Bool { get }
    /// Returns what the machine needs of a request.
    ///
    /// - Parameters:
    ///   - part: The part.
    ///   - version: The version of HTTP the client speaks, unless the part carries it.
    ///   - last: The preference of the connection's last request.
    /// - Returns: What the machine needs; nil for a part that isn't a head.
    static func metadata(
      of part: Request, version: HTTPProtocolVersion, after last: inout AcceptEncoding.Last?
    ) -> RequestMetadata?
    /// Whether a part is the end of a request.
    static func isEnd(_ part: Request) -> Bool
    /// Returns a request's head with the application's own validators; nil if nothing changes.
    ///
    /// See `HTTPRequest.restoringValidators(offering:)`.
    static func restored(_ part: Request, offering codings: [ContentCoding]) -> Request?
    static func event(of part: Response) -> ResponseEvent<Head>
    /// Returns a response's status; nil if HTTP types can't hold it or it has too many fields.
    static func status(of head: Head) -> HTTPResponse.Status?
    /// Returns the facts that a head's fields state.
    static func facts(of head: Head) -> HeadFacts
    /// Returns the part of a pipeline that contains the head to send.
    ///
    /// - Parameters:
    ///   - head: The head as the application wrote it.
    ///   - commit: The decisions about it.
    ///   - facts: The facts that its fields state.
    /// - Returns: The part.
    static func head(_ head: Head, _ commit: HeadCommit, _ facts: HeadFacts) -> Response
    static func body(_ bytes: ByteBuffer) -> Response
    static func end(_ trailers: HTTPFields?) -> Response
  }

  extension HTTPServerParts {
    /// Returns the length of a part's content, in bytes.
    static func byteCount(of part: Response) -> Int {
      switch event(of: part) {
      case .bytes(let bytes): bytes.readableBytes
      case .file(let region): region.readableBytes
      case .head, .end, .unreadableEnd: 0
      }
    }
  }

  /// A part of a response on its way down the pipeline.
  enum ResponseEvent<Head> {
    case head(Head)
    case bytes(ByteBuffer)
    case file(FileRegion)
    case end(HTTPFields?)
    /// An end with more trailer fields than HTTP types can hold.
    case unreadableEnd
  }

  /// The messages of swift-http-types: `HTTPRequestPart` and `HTTPResponsePart`.
  enum TypedParts: HTTPServerParts {
    typealias Handler = HTTPTypesResponseCodingHandler

    static var carriesVersion: Bool { false }

    static func metadata(
      of part: HTTPRequestPart, version: HTTPProtocolVersion,
      after last: inout AcceptEncoding.Last?
    ) -> RequestMetadata? {
      guard case .head(let head) = part else { return nil }
      return RequestMetadata(
        method: head.method, version: version, fields: head.headerFields, after: &last)
    }

    static func isEnd(_ part: HTTPRequestPart) -> Bool {
      if case .end = part { true } else { false }
    }

    static func restored(
      _ part: HTTPRequestPart, offering codings: [ContentCoding]
    ) -> HTTPRequestPart? {
      guard case .head(var head) = part,
        head.headerFields.restoreValidators(offering: codings)
      else { return nil }
      return .head(head)
    }

    static func event(of part: HTTPResponsePart) -> ResponseEvent<HTTPResponse> {
      switch part {
      case .head(let head): .head(head)
      case .body(let bytes): .bytes(bytes)
      case .end(let trailers): .end(trailers)
      }
    }

    static func status(of head: HTTPResponse) -> HTTPResponse.Status? {
      head.isSendable ? head.status : nil
    }

    static func facts(of head: HTTPResponse) -> HeadFacts { HeadFacts(head.headerFields) }

    static func head(
      _ head: HTTPResponse, _ commit: HeadCommit, _ facts: HeadFacts
    ) -> HTTPResponsePart {
      guard commit.isRefused || !commit.edits.isEmpty else { return .head(head) }
      var head = commit.isRefused ? HTTPResponse(status: .notAcceptable) : head
      head.headerFields.apply(commit.edits, facts)
      return .head(head)
    }

    static func body(_ bytes: ByteBuffer) -> HTTPResponsePart { .body(bytes) }

    static func end(_ trailers: HTTPFields?) -> HTTPResponsePart { .end(trailers) }
  }

  /// The messages of NIOHTTP1: `HTTPServerRequestPart` and `HTTPServerResponsePart`.
  enum HTTP1Parts: HTTPServerParts {
    typealias Handler = HTTPResponseCodingHandler

    static var carriesVersion: Bool { true }

    static func metadata(
      of part: HTTPServerRequestPart, version: HTTPProtocolVersion,
      after last: inout AcceptEncoding.Last?
    ) -> RequestMetadata? {
      guard case .head(let head) = part else { return nil }
      return RequestMetadata(
        method: HTTPRequest.Method(nio: head.method),
        version: head.version == .http1_0 ? .http1_0 : version,
        fields: head.headers, after: &last)
    }

    static func restored(
      _ part: HTTPServerRequestPart, offering codings: [ContentCoding]
    ) -> HTTPServerRequestPart? {
      guard case .head(var head) = part, head.headers.restoreValidators(offering: codings) else {
        return nil
      }
      return .head(head)
    }

    static func isEnd(_ part: HTTPServerRequestPart) -> Bool {
      if case .end = part { true } else { false }
    }

    static func event(of part: HTTPServerResponsePart) -> ResponseEvent<HTTPResponseHead> {
      switch part {
      case .head(let head): .head(head)
      case .body(.byteBuffer(let bytes)): .bytes(bytes)
      case .body(.fileRegion(let region)): .file(region)
      case .end(let trailers?) where trailers.count > HTTPFields.maximumSendableCount:
        .unreadableEnd
      case .end(let trailers): .end(trailers.map { HTTPFields($0, splitCookie: false) })
      }
    }

    static func status(of head: HTTPResponseHead) -> HTTPResponse.Status? {
      let code = Int(clamping: head.status.code)
      guard HTTPResponse.Status.sendableCodes.contains(code),
        head.headers.count <= HTTPFields.maximumSendableCount
      else { return nil }
      return HTTPResponse.Status(code: code)
    }

    static func facts(of head: HTTPResponseHead) -> HeadFacts { HeadFacts(head.headers) }

    static func head(
      _ head: HTTPResponseHead, _ commit: HeadCommit, _ facts: HeadFacts
    ) -> HTTPServerResponsePart {
      // The encoder chunks only HTTP/1.1 responses.
      let version = commit.framing == .chunked ? .http1_1 : head.version
      guard commit.isRefused || !commit.edits.isEmpty || version != head.version else {
        return .head(head)
      }
      var changed =
        commit.isRefused ? HTTPResponseHead(version: version, status: .notAcceptable) : head
      changed.headers.apply(commit.edits, facts)
      if changed.version != version { changed.version = version }
      return .head(changed)
    }

    static func body(_ bytes: ByteBuffer) -> HTTPServerResponsePart { .body(.byteBuffer(bytes)) }

    static func end(_ trailers: HTTPFields?) -> HTTPServerResponsePart {
      .end(trailers.map(HTTPHeaders.init))
    }
  }

  extension HTTPRequest.Method {
    /// The method of a request of NIOHTTP1.
    init(nio method: HTTPMethod) {
      self =
        switch method {
        case .GET: .get
        case .HEAD: .head
        case .POST: .post
        default: HTTPRequest.Method(method.rawValue) ?? .get
        }
    }
  }
#endif
