import Benchmark
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPCompression

/// The same responses through swift-nio-extras, on a persistent connection.
func addPeerBenchmarks() {
  Benchmark("peer-6KiB-gzip", configuration: .slow) { benchmark in
    let channel = try PeerChannel()
    let page = ByteBuffer(bytes: Payload.page6KB)
    try benchmark.measure {
      try channel.request()
      try channel.write(.head(PeerChannel.head))
      try channel.write(.body(.byteBuffer(page)))
      try channel.writeAndFlush(.end(nil))
      try channel.drain()
    }
  }

  Benchmark("peer-20-events-gzip", configuration: .slow) { benchmark in
    let channel = try PeerChannel()
    let event = ByteBuffer(bytes: Payload.event)
    try benchmark.measure {
      try channel.request()
      try channel.write(.head(PeerChannel.head))
      for _ in 0..<20 {
        try channel.writeAndFlush(.body(.byteBuffer(event)))
        try channel.drain()
      }
      try channel.writeAndFlush(.end(nil))
      try channel.drain()
    }
  }
}

private struct PeerChannel {
  static let head = HTTPResponseHead(
    version: .http1_1, status: .ok, headers: ["Content-Type": "text/html; charset=utf-8"])

  private let channel = EmbeddedChannel()
  private let requestHead = HTTPRequestHead(
    version: .http1_1, method: .GET, uri: "/",
    // It would choose deflate if both have the same weight; the comparison is about gzip.
    headers: ["Host": "localhost", "Accept-Encoding": "gzip"])

  init() throws {
    try channel.pipeline.syncOperations.addHandler(HTTPResponseCompressor())
  }

  func request() throws {
    try channel.writeInbound(HTTPServerRequestPart.head(requestHead))
    try channel.writeInbound(HTTPServerRequestPart.end(nil))
    while try channel.readInbound(as: HTTPServerRequestPart.self) != nil {}
  }

  // A later write fulfills the promise of a write that is held back, so the benchmark doesn't wait
  // for it.
  func write(_ part: HTTPServerResponsePart) throws {
    channel.write(part, promise: nil)
  }

  func writeAndFlush(_ part: HTTPServerResponsePart) throws {
    channel.writeAndFlush(part, promise: nil)
    channel.embeddedEventLoop.run()
  }

  func drain() throws {
    while let part = try channel.readOutbound(as: HTTPServerResponsePart.self) { blackHole(part) }
  }
}
