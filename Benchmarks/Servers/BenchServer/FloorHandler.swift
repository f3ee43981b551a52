import GzipContentCoding
import HTTPContentCoding
import NIOCore
import NIOHTTP1

/// The minimal handler that can code a page.
///
/// It reads one field of the request and four of the response, and codes a body in memory with an
/// encoder from the pool. It follows few of HTTP's rules and serves only as a baseline: the
/// library's handler costs more because of these rules.
final class FloorHandler: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  private let pool: ContentEncoderPool
  private var acceptsGzip: CircularBuffer<Bool> = []
  /// The head and the body of a response to code.
  private var held: (head: HTTPResponseHead, body: ByteBuffer?)?
  private var coded: ContiguousArray<UInt8> = []

  init(level: CompressionLevel) {
    pool = ContentCodingOffer.gzip(level: level, engine: .zlib).pool
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .head(let head) = unwrapInboundIn(data) {
      acceptsGzip.append(head.headers.first(name: "accept-encoding")?.hasPrefix("gzip") ?? false)
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(let head):
      let acceptsGzip = acceptsGzip.popFirst() ?? false
      guard acceptsGzip && head.headers.isWorthCoding else {
        return context.write(data, promise: promise)
      }
      held = (head, nil)
    case .body(.byteBuffer(let bytes)) where held != nil:
      held?.body.setOrWriteImmutableBuffer(bytes)
    case .end where held != nil:
      if let (head, body) = held.take() { send(head, body ?? ByteBuffer(), context) }
      context.write(data, promise: promise)
    default:
      context.write(data, promise: promise)
    }
  }

  private func send(_ head: HTTPResponseHead, _ body: ByteBuffer, _ context: ChannelHandlerContext)
  {
    coded.removeAll(keepingCapacity: true)
    do {
      var lease = try pool.lease()
      try lease.encode(body.readableBytesUInt8Span, flush: .finish, into: &coded)
    } catch {
      return context.fireErrorCaught(error)
    }
    var head = head
    head.headers.replaceOrAdd(name: "Content-Length", value: String(coded.count))
    head.headers.add(name: "Content-Encoding", value: "gzip")
    head.headers.add(name: "Vary", value: "Accept-Encoding")
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: coded)))), promise: nil)
  }
}

extension HTTPHeaders {
  /// Checks four fields of a response.
  fileprivate var isWorthCoding: Bool {
    guard first(name: "content-encoding") == nil, first(name: "etag") == nil,
      first(name: "cache-control")?.contains("no-transform") != true
    else { return false }
    return first(name: "content-type")?.hasPrefix("text/html") ?? false
  }
}
