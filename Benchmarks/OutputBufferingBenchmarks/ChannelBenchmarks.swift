import Benchmark
import GzipContentCoding
import HTTPContentCoding
import HTTPOutputBuffering
import NIOCore
import NIOEmbedded
import NIOHTTP1
import OutputBufferingNIO

/// The channel handler in a channel without a transport, compared with the same channel without it.
func addChannelBenchmarks() {
  for name in ["none", "ours"] {
    for response in ChannelResponse.all {
      Benchmark("channel-\(response.name)-\(name)", configuration: .slow) { benchmark in
        let channel = ChannelResponse.channel(name)
        try benchmark.measure { try response.send(through: channel) }
      }
    }
  }
}

/// A request and its response on a persistent connection.
struct ChannelResponse {
  let name: String
  let acceptEncoding: String
  let contentType: String
  let page: ByteBuffer

  static let all = [
    ChannelResponse(
      name: "ten-fields-identity", acceptEncoding: "gzip, deflate, br, zstd",
      contentType: "image/png",
      page: ByteBuffer(bytes: Payload.page6KB)),
    ChannelResponse(
      name: "ten-fields-declined", acceptEncoding: "identity",
      contentType: "text/html; charset=utf-8",
      page: ByteBuffer(bytes: Payload.page6KB)),
    ChannelResponse(
      name: "ten-fields-gzip", acceptEncoding: "gzip, deflate, br, zstd",
      contentType: "text/html; charset=utf-8", page: ByteBuffer(bytes: Payload.page6KB)),
  ]

  static func channel(_ name: String) -> EmbeddedChannel {
    guard name == "ours" else { return EmbeddedChannel() }
    return EmbeddedChannel(
      handler: HTTPResponseCodingHandler(codings: [.gzip(level: 6, engine: .zlib)]))
  }

  private var request: HTTPRequestHead {
    HTTPRequestHead(
      version: .http1_1, method: .GET, uri: "/",
      headers: [
        "Host": "localhost", "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
        "Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8",
        "Accept-Language": "en-US,en;q=0.5", "Accept-Encoding": acceptEncoding,
        "Connection": "keep-alive", "Cookie": "session=0123456789abcdef",
        "Upgrade-Insecure-Requests": "1", "Sec-Fetch-Mode": "navigate", "Priority": "u=0, i",
      ])
  }

  private var head: HTTPResponseHead {
    HTTPResponseHead(
      version: .http1_1, status: .ok,
      headers: [
        "Content-Type": contentType, "Content-Length": String(page.readableBytes),
        "Cache-Control": "max-age=60", "Date": "Sat, 28 Nov 2026 12:00:00 GMT", "Server": "bench",
        "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer", "Strict-Transport-Security": "max-age=31536000",
        "Last-Modified": "Sat, 28 Nov 2026 11:00:00 GMT",
      ])
  }

  /// The parts are made once, because only the path through the channel is measured.
  func send(through channel: EmbeddedChannel) throws {
    try channel.writeInbound(HTTPServerRequestPart.head(Self.requests[acceptEncoding] ?? request))
    try channel.writeInbound(HTTPServerRequestPart.end(nil))
    while try channel.readInbound(as: HTTPServerRequestPart.self) != nil {}
    channel.write(HTTPServerResponsePart.head(Self.heads[contentType] ?? head), promise: nil)
    channel.write(HTTPServerResponsePart.body(.byteBuffer(page)), promise: nil)
    channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
    // Coding may take more than one turn.
    channel.embeddedEventLoop.run()
    while let part = try channel.readOutbound(as: HTTPServerResponsePart.self) { blackHole(part) }
  }

  private static let requests = Dictionary(
    all.map { ($0.acceptEncoding, $0.request) }, uniquingKeysWith: { first, _ in first })
  private static let heads = Dictionary(
    all.map { ($0.contentType, $0.head) }, uniquingKeysWith: { first, _ in first })
}
