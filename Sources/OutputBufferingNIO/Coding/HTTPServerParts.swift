#if NIO
  import HTTPContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  import NIOCore
  import NIOHTTP1
  import NIOHTTPTypes
  import NIOHTTPTypesHTTP1

  /// What a channel handler has to know of a pipeline's messages: how they are told apart and made.
  protocol HTTPServerParts: SendableMetatype {
    associatedtype Handler: ChannelDuplexHandler
    where Handler.InboundIn == Request, Handler.OutboundIn == Response
    associatedtype Request
    associatedtype Response
    /// The head as the pipeline has it, which may hold more than HTTP types can.
    associatedtype Head

    /// Whether a request says in which version of HTTP it came.
    static var tellVersion: Bool { get }
    /// What the machine has to know of a request; nil for a part that isn't a head.
    static func metadata(of part: Request, version: HTTPProtocolVersion) -> RequestMetadata?
    /// Whether a part is the end of a request.
    static func isEnd(_ part: Request) -> Bool
    /// A request's head as the application is to see it: see `HTTPRequest.restoringValidators(offering:)`;
    /// nil where that is what it is.
    static func restored(_ part: Request, offering codings: [ContentCoding]) -> Request?
    static func event(of part: Response) -> ResponseEvent<Head>
    /// The head in HTTP types.
    static func decode(_ head: Head) throws -> HTTPResponse
    /// The head with the status and the fields that were committed.
    ///
    /// - Parameters:
    ///   - head: The head as the application wrote it.
    ///   - decoded: The same in HTTP types.
    ///   - committed: What became of it.
    /// - Returns: The part to send.
    static func head(
      _ head: Head, decoded: HTTPResponse, committed: ResponseOutput.Head
    ) -> Response
    static func body(_ bytes: ByteBuffer) -> Response
    static func end(_ trailers: HTTPFields?) -> Response
  }

  extension HTTPServerParts {
    /// The length of a part's content in bytes.
    static func byteCount(of part: Response) -> Int {
      switch event(of: part) {
      case .bytes(let bytes): bytes.readableBytes
      case .file(let region): region.readableBytes
      case .head, .end, .unreadableEnd: 0
      }
    }
  }

  /// A part of a response on its way out.
  enum ResponseEvent<Head> {
    case head(Head)
    case bytes(ByteBuffer)
    case file(FileRegion)
    case end(HTTPFields?)
    /// An end with more trailer fields than HTTP types can hold.
    case unreadableEnd
  }

  /// A head that HTTP types can't hold.
  private struct UnreadableHead: Error {}

  /// The messages of swift-http-types: `HTTPRequestPart` and `HTTPResponsePart`.
  enum TypedParts: HTTPServerParts {
    typealias Handler = HTTPTypesResponseCodingHandler

    static var tellVersion: Bool { false }

    static func metadata(
      of part: HTTPRequestPart, version: HTTPProtocolVersion
    ) -> RequestMetadata? {
      guard case .head(let head) = part else { return nil }
      return RequestMetadata(head, version: version)
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

    static func decode(_ head: HTTPResponse) throws -> HTTPResponse {
      guard head.isSendable else { throw UnreadableHead() }
      return head
    }

    static func head(
      _ head: HTTPResponse, decoded: HTTPResponse, committed: ResponseOutput.Head
    ) -> HTTPResponsePart {
      .head(committed.response)
    }

    static func body(_ bytes: ByteBuffer) -> HTTPResponsePart { .body(bytes) }

    static func end(_ trailers: HTTPFields?) -> HTTPResponsePart { .end(trailers) }
  }

  /// The messages of NIOHTTP1: `HTTPServerRequestPart` and `HTTPServerResponsePart`.
  enum HTTP1Parts: HTTPServerParts {
    typealias Handler = HTTPResponseCodingHandler

    static var tellVersion: Bool { true }

    static func metadata(
      of part: HTTPServerRequestPart, version: HTTPProtocolVersion
    ) -> RequestMetadata? {
      guard case .head(let head) = part else { return nil }
      return RequestMetadata(
        method: HTTPRequest.Method(head.method.rawValue) ?? .get,
        version: head.version == .http1_0 ? .http1_0 : version,
        acceptEncoding: AcceptEncoding(fieldValues: head.headers["accept-encoding"]),
        asksToClose: HTTPFields.asksToClose(connection: head.headers["connection"]),
        ifNoneMatch: head.headers["if-none-match"])
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

    static func decode(_ head: HTTPResponseHead) throws -> HTTPResponse {
      guard head.headers.count <= HTTPFields.maximumSendableCount else { throw UnreadableHead() }
      let response = try HTTPResponse(head)
      guard response.isSendable else { throw UnreadableHead() }
      return response
    }

    static func head(
      _ head: HTTPResponseHead, decoded: HTTPResponse, committed: ResponseOutput.Head
    ) -> HTTPServerResponsePart {
      var changed =
        committed.response.status == decoded.status ? head : HTTPResponseHead(committed.response)
      changed.headers.change(decoded.headerFields, to: committed.response.headerFields)
      // The encoder applies chunks to HTTP/1.1 alone.
      changed.version = committed.framing == .chunked ? .http1_1 : head.version
      return .head(changed)
    }

    static func body(_ bytes: ByteBuffer) -> HTTPServerResponsePart { .body(.byteBuffer(bytes)) }

    static func end(_ trailers: HTTPFields?) -> HTTPServerResponsePart {
      .end(trailers.map(HTTPHeaders.init))
    }
  }

  extension HTTPHeaders {
    /// Changes what differs in HTTP types, which can't hold all that is in here: the rest stays as it is.
    fileprivate mutating func change(_ old: HTTPFields, to new: HTTPFields) {
      guard old != new else { return }
      let (oldValues, newValues) = (old.valuesByName, new.valuesByName)
      var seen: Set<HTTPField.Name> = []
      // In order, so that the same response is the same bytes; not as fields, which end at 65,534.
      for name in old.map(\.name) + new.map(\.name)
      where seen.insert(name).inserted && oldValues[name] != newValues[name] {
        remove(name: name.rawName)
        for value in newValues[name] ?? [] { add(name: name.rawName, value: value) }
      }
    }
  }

  extension HTTPFields {
    /// The values of each name, in a time that grows with the number of fields alone.
    fileprivate var valuesByName: [HTTPField.Name: [String]] {
      reduce(into: [:]) { $0[$1.name, default: []].append($1.value) }
    }
  }
#endif
