#if NIO
  import COutputBufferingZlib
  import GzipContentCoding
  import HTTPContentCoding
  import HTTPOutputBuffering
  import NIOCore
  import NIOEmbedded
  import NIOHTTP1
  import NIOPosix
  import OutputBufferingNIO
  import Testing

  /// An HTTP/1 pipeline with the handler in it; bytes go in and come out.
  struct Pipeline {
    let channel = EmbeddedChannel()
    let pool: ContentEncoderPool

    init(latencyBound: TimeAmount? = nil) throws {
      let offer = ContentCodingOffer.gzip()
      pool = offer.pool
      let pipeline = channel.pipeline.syncOperations
      try pipeline.configureHTTPServerPipeline()
      try pipeline.addHandler(
        HTTPResponseCodingHandler(
          settings: ResponseSettings(codings: [offer]), latencyBound: latencyBound))
      channel.connect(to: try SocketAddress(unixDomainSocketPath: "/"), promise: nil)
    }

    func request(_ text: String) throws {
      let bytes = ByteBuffer(
        string: text.replacing("HTTP/1.1\r\n", with: "HTTP/1.1\r\nHost: a\r\n"))
      try channel.writeInbound(bytes)
    }

    func write(_ part: HTTPServerResponsePart) {
      channel.write(part, promise: nil)
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

    func sentBytes() throws -> [UInt8] {
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

  /// A response as it was sent, its body undecoded.
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

  /// The content of chunks; what is no chunk ends it.
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

  /// Whether a promise has been kept.
  final class KeptFlag {
    private(set) var isKept = false

    init(_ future: EventLoopFuture<Void>) {
      let bound = NIOLoopBound(self, eventLoop: future.eventLoop)
      future.whenSuccess { bound.value.isKept = true }
    }
  }

  extension HTTPResponseHead {
    static func html(length: Int?) -> Self {
      var head = HTTPResponseHead(
        version: .http1_1, status: .ok, headers: ["content-type": "text/html; charset=utf-8"])
      if let length { head.headers.add(name: "content-length", value: String(length)) }
      return head
    }
  }

  /// Inflates one whole gzip member.
  func gunzip(_ bytes: [UInt8]) throws -> String {
    var stream = unsafe z_stream()
    try #require(
      unsafe inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
        == Z_OK)
    defer { unsafe inflateEnd(&stream) }
    var input = bytes
    var output = [UInt8](repeating: 0, count: 1 << 20)
    let status = unsafe input.withUnsafeMutableBufferPointer { input in
      unsafe output.withUnsafeMutableBufferPointer { output in
        unsafe stream.next_in = input.baseAddress
        unsafe stream.avail_in = UInt32(input.count)
        unsafe stream.next_out = output.baseAddress
        unsafe stream.avail_out = UInt32(output.count)
        return unsafe inflate(&stream, Z_FINISH)
      }
    }
    try #require(status == Z_STREAM_END, "not one whole member")
    return String(decoding: output[..<Int(unsafe stream.total_out)], as: UTF8.self)
  }
#endif
