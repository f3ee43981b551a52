#if NIO
  import GzipContentCoding
  import HTTPContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  import NIOCore
  import NIOEmbedded
  import NIOHTTP1
  import NIOPosix
  import OutputBufferingNIO
  import Testing

  /// An HTTP/1 pipeline with the handler, with bytes as input and output.
  final class Pipeline {
    let channel = EmbeddedChannel()
    let pool: ContentEncoderPool
    let handler: HTTPResponseCodingHandler

    init(
      maximumBufferedBytes: Int? = nil, maximumWholeBytes: Int? = nil,
      latencyBound: Duration? = nil, plainLengthField: HTTPField.Name? = nil,
      offer: ContentCodingOffer = ContentCodingOffer(coding: .gzip, pool: .gzip()),
      below handlers: [any ChannelHandler] = [],
      configure: (ChannelPipeline.SynchronousOperations) throws -> Void = {
        try $0.configureHTTPServerPipeline()
      }
    ) throws {
      pool = offer.pool
      let pipeline = channel.pipeline.syncOperations
      try pipeline.addHandlers(handlers)
      try configure(pipeline)
      var settings = ResponseSettings(codings: [offer])
      settings.maximumBufferedBytes = maximumBufferedBytes ?? settings.maximumBufferedBytes
      settings.maximumWholeBytes = maximumWholeBytes ?? settings.maximumWholeBytes
      settings.plainLengthField = plainLengthField
      handler = HTTPResponseCodingHandler(settings: settings, latencyBound: latencyBound)
      try pipeline.addHandler(handler)
      channel.connect(to: try SocketAddress(unixDomainSocketPath: "/"), promise: nil)
    }

    deinit {
      // Anything that a test leaves open, unwritten or scheduled would keep its handlers alive.
      channel.flush()
      channel.close(promise: nil)
      channel.embeddedEventLoop.run()
      channel.embeddedEventLoop.advanceTime(by: .minutes(1))
    }

    func request(_ text: String) throws {
      let bytes = ByteBuffer(
        string: text.replacing("HTTP/1.1\r\n", with: "HTTP/1.1\r\nHost: a\r\n"))
      try channel.writeInbound(bytes)
    }

    func write(_ part: HTTPServerResponsePart) {
      channel.write(part, promise: nil)
    }

    func watchedWrite(_ part: HTTPServerResponsePart) -> KeptFlag {
      let promise = channel.eventLoop.makePromise(of: Void.self)
      let flag = KeptFlag(promise.futureResult)
      channel.write(part, promise: promise)
      return flag
    }

    func write(text: String) {
      write(.body(.byteBuffer(ByteBuffer(string: text))))
    }

    func respond(
      page: String, status: HTTPResponseStatus = .ok, fields: HTTPHeaders = [:],
      trailers: HTTPHeaders? = nil
    ) throws {
      var head = HTTPResponseHead.html(length: page.utf8.count)
      head.status = status
      head.headers.add(contentsOf: fields)
      write(.head(head))
      write(.body(.byteBuffer(ByteBuffer(string: page))))
      write(.end(trailers))
      channel.flush()
    }

    /// The output of this turn of the event loop and of those that follow without further input.
    func sentBytes() throws -> [UInt8] {
      channel.embeddedEventLoop.run()
      return try sentBytesOfTurn()
    }

    /// The output of this turn of the event loop.
    func sentBytesOfTurn() throws -> [UInt8] {
      var bytes: [UInt8] = []
      while let part = try channel.readOutbound(as: IOData.self) {
        guard case .byteBuffer(let buffer) = part else { continue }
        bytes += buffer.readableBytesView
      }
      return bytes
    }

    func sent() throws -> String {
      String(decoding: try sentBytes(), as: UTF8.self)
    }

    func response() throws -> WireResponse {
      try #require(WireResponse(try sentBytes()))
    }
  }

  /// A response as sent, with its body not decoded.
  struct WireResponse {
    var fields: [String: String] = [:]
    var body: [UInt8]

    init?(_ bytes: [UInt8]) {
      let end = Array("\r\n\r\n".utf8)
      guard bytes.count >= end.count,
        let split = (0...(bytes.count - end.count)).first(where: {
          bytes[$0..<$0 + end.count].elementsEqual(end)
        })
      else { return nil }
      body = Array(bytes[(split + end.count)...])
      let head = String(decoding: bytes[..<split], as: UTF8.self)
      for line in head.split(separator: "\r\n").dropFirst() {
        let parts = line.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        fields[parts[0].lowercased()] = parts[1].trimmingPrefix(" ").description
      }
      if fields["transfer-encoding"] == "chunked" { body = unchunked(body) }
    }
  }

  /// The content of the chunks; it ends at an invalid chunk.
  func unchunked(_ bytes: [UInt8]) -> [UInt8] {
    var content: [UInt8] = []
    var rest = bytes[...]
    while let line = rest.firstIndex(of: UInt8(ascii: "\r")),
      let count = Int(String(decoding: rest[..<line], as: UTF8.self), radix: 16), count > 0,
      line + 2 + count + 2 <= rest.endIndex
    {
      content += rest[(line + 2)..<(line + 2 + count)]
      rest = rest[(line + 2 + count + 2)...]
    }
    return content
  }

  /// Whether a promise has succeeded or failed.
  final class KeptFlag {
    private(set) var isKept = false
    private(set) var error: (any Error)?

    init(_ future: EventLoopFuture<Void>) {
      let bound = NIOLoopBound(self, eventLoop: future.eventLoop)
      future.whenComplete { result in
        switch result {
        case .success: bound.value.isKept = true
        case .failure(let error): bound.value.error = error
        }
      }
    }
  }

  extension Array<UInt8> {
    /// Incompressible bytes, the same in every run; they repeat only beyond deflate's window.
    static func noise(byteCount: Int) -> [UInt8] {
      var state: UInt64 = 0x9E37_79B9_7F4A_7C15
      let block = (0..<(1 << 16)).map { _ in
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return UInt8(truncatingIfNeeded: state >> 32)
      }
      var bytes: [UInt8] = []
      while bytes.count < byteCount { bytes += block }
      return Array(bytes.prefix(byteCount))
    }
  }

  extension HTTPResponseHead {
    static func html(length: Int?, closes: Bool = false) -> Self {
      var head = HTTPResponseHead(
        version: .http1_1, status: .ok, headers: ["content-type": "text/html; charset=utf-8"])
      if closes { head.headers.add(name: "connection", value: "close") }
      if let length { head.headers.add(name: "content-length", value: String(length)) }
      return head
    }
  }
#endif
