import GzipContentCoding
import HTTPContentCoding
import HTTPTypes
import Hummingbird
import NIOCore

/// The minimal middleware that can code a page.
///
/// The body writes itself into a buffer in the caller's task, where an encoder from the pool codes
/// it. Like ``FloorHandler`` it serves only as a baseline.
struct FloorMiddleware<Context: RequestContext>: RouterMiddleware {
  private let pool: ContentEncoderPool

  init(level: CompressionLevel) {
    pool = ContentCodingOffer.gzip(level: level, engine: .zlib).pool
  }

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    let response = try await next(request, context)
    guard request.headers[.acceptEncoding]?.hasPrefix("gzip") == true,
      response.headers.isWorthCoding
    else { return response }
    let body = BodyBuffer()
    try await response.body.write(BodyBuffer.Writer(body: body))
    let coded = try code(body.bytes ?? ByteBuffer())
    var headers = response.headers
    headers[.contentLength] = String(coded.readableBytes)
    headers[.contentEncoding] = "gzip"
    headers[.vary] = "Accept-Encoding"
    return Response(
      status: response.status, headers: headers, body: ResponseBody(byteBuffer: coded))
  }

  private func code(_ bytes: ByteBuffer) throws -> ByteBuffer {
    var coded: ContiguousArray<UInt8> = []
    var lease = try pool.lease()
    try lease.encode(bytes.readableBytesUInt8Span, flush: .finish, into: &coded)
    return ByteBuffer(bytes: coded)
  }
}

/// Collects what a body writes.
private final class BodyBuffer {
  var bytes: ByteBuffer?

  struct Writer: ResponseBodyWriter {
    let body: BodyBuffer

    mutating func write(_ buffer: ByteBuffer) async throws {
      body.bytes.setOrWriteImmutableBuffer(buffer)
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
  }
}

extension HTTPFields {
  /// Checks four fields of a response.
  fileprivate var isWorthCoding: Bool {
    guard self[.contentEncoding] == nil, self[.eTag] == nil,
      self[.cacheControl]?.contains("no-transform") != true
    else { return false }
    return self[.contentType]?.hasPrefix("text/html") ?? false
  }
}
