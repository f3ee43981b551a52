#if NIO
  import GzipContentCoding
  import HTTPOutputBuffering
  import NIOCore
  import NIOEmbedded
  import NIOHTTP1
  import NIOPosix
  @testable import OutputBufferingNIO
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Synchronization
  import Testing

  /// Writability reflects the writes that wait to be coded.
  @Suite(.timeLimit(.minutes(2))) struct HTTPResponseCodingHandlerQueueTests {
    /// The first write, which takes long to code.
    enum Beginning: CaseIterable {
      case file, buffer
    }

    private static let (pieceCount, pieceByteCount) = (1024, 64 << 10)
    /// The bytes that wait to be coded, the channel's mark, the sockets' buffers, and the
    /// application's last write beyond one of these.
    private static let boundByteCount = (1 << 20) + (3 << 20)

    /// If a handler below holds writes until a flush, as TLS does, lowering the mark has no visible
    /// effect.
    @Test(arguments: Beginning.allCases, [false, true])
    func `64 MiB for a slow client never wait here`(
      beginning: Beginning, isKeptBelow: Bool
    ) async throws {
      let noise = [UInt8].noise(byteCount: 2 << 20)
      let file = try TestFile(noise)
      defer { file.remove() }
      let written = Atomic(0)
      let stalled = AsyncStream.makeStream(of: Void.self)
      try await withChannels { channel in
        try channel.syncOptions?.setOption(.socketOption(.so_sndbuf), value: 256 << 10)
        let pipeline = channel.pipeline.syncOperations
        if isKeptBelow { try pipeline.addHandler(WriteKeeper()) }
        try pipeline.configureHTTPServerPipeline()
        try pipeline.addHandler(
          HTTPResponseCodingHandler(codings: [.gzip(level: 1)]))
        try pipeline.addHandler(
          MindfulApplication(
            piece: Array(noise.prefix(Self.pieceByteCount)), count: Self.pieceCount,
            begin: { context in
              switch beginning {
              case .buffer: context.write(bytes: noise)
              case .file:
                let handle = try file.open()
                context.write(part: .body(.fileRegion(try FileRegion(fileHandle: handle))))
                try handle.close()
              }
            },
            hasWritten: { byteCount in written.add(byteCount, ordering: .relaxed) },
            isStalled: { stalled.continuation.yield() }))
      } _: { port in
        let total = noise.count + Self.pieceCount * Self.pieceByteCount
        let client = try AsyncClient(port: port, receiveBufferByteCount: 128 << 10)
        try await client.send(get())
        // The client reads nothing, so the application stops.
        for await _ in stalled.stream { break }
        #expect(written.load(ordering: .relaxed) < Self.boundByteCount)
        var longest = 0
        let response = try await client.readHead()
        while response.end == nil {
          let count = response.plain.count
          try await client.read(response) { $0.plain.count > count }
          let lead = noise.count + written.load(ordering: .relaxed) - response.plain.count
          longest = max(longest, lead)
        }
        #expect(response.isComplete && response.plain.count == total)
        #expect(longest < noise.count + Self.boundByteCount, "\(longest)")
      }
    }

    /// If the channel has no writability mark, each write codes as many bytes as it adds.
    @Test func `a channel that shows nothing keeps no longer queue either`() throws {
      let pipeline = try Pipeline(maximumWholeBytes: 100_000)
      try pipeline.request("GET / HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\n")
      pipeline.write(.head(.html(length: nil)))
      let piece = HTTPServerResponsePart.body(
        .byteBuffer(ByteBuffer(bytes: [UInt8].noise(byteCount: 65_536))))
      var longest = 0
      for _ in 0..<100 {
        pipeline.write(piece)
        longest = max(longest, pipeline.handler.coder.queuedByteCount)
      }
      #expect(longest <= 100_000 + 65_536)
      #expect(longest > 65_536)
      pipeline.write(.end(nil))
      pipeline.channel.flush()
      #expect(try InflateDecoder.gunzip(pipeline.response().body).count == 100 * 65_536)
    }

    @Test func `an empty part pays for no other`() throws {
      let pipeline = try Pipeline(maximumWholeBytes: 100_000)
      try pipeline.request("GET / HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\n")
      pipeline.write(.head(.html(length: nil)))
      let piece = ByteBuffer(bytes: [UInt8].noise(byteCount: 65_536))
      var longest = 0
      for _ in 0..<100 {
        pipeline.write(.body(.byteBuffer(piece)))
        pipeline.write(.body(.byteBuffer(ByteBuffer())))
        longest = max(longest, pipeline.handler.coder.queuedByteCount)
      }
      #expect(longest <= 100_000 + 65_536)
      pipeline.write(.end(nil))
      pipeline.channel.flush()
      #expect(try InflateDecoder.gunzip(pipeline.response().body).count == 100 * 65_536)
    }

    @Test func `nor does the end of a response that is still to be coded`() throws {
      let pipeline = try Pipeline(maximumWholeBytes: 1_000_000) {
        try $0.configureHTTPServerPipeline(withPipeliningAssistance: false)
      }
      let request = "GET / HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\n"
      try pipeline.request(request + request)
      pipeline.write(.head(.html(length: nil)))
      let piece = ByteBuffer(bytes: [UInt8].noise(byteCount: 65_536).map { $0 & 63 })
      for _ in 0..<15 { pipeline.write(.body(.byteBuffer(piece))) }
      pipeline.write(.end(nil))
      #expect(pipeline.handler.coder.isBusy)
      pipeline.write(.head(.html(length: nil)))
      var longest = 0
      for _ in 0..<100 {
        pipeline.write(.body(.byteBuffer(piece)))
        longest = max(longest, pipeline.handler.coder.queuedByteCount)
      }
      // While a body is being coded, at most its own length waits.
      #expect(longest <= 2 * 1_000_000 + 65_536)
      pipeline.write(.end(nil))
      pipeline.channel.flush()
      let first = try pipeline.response()
      let length = try #require(first.fields["content-length"].flatMap { Int($0) })
      let second = try #require(WireResponse(Array(first.body.dropFirst(length))))
      #expect(try InflateDecoder.gunzip(Array(first.body.prefix(length))).count == 15 * 65_536)
      #expect(try InflateDecoder.gunzip(second.body).count == 100 * 65_536)
    }

    /// While the mark is lowered, anything unflushed keeps the channel unwritable, and the coder
    /// would wait for it forever.
    @Test(arguments: ["gzip", "identity"])
    func `an end counts as unflushed output too`(acceptEncoding: String) throws {
      let pipeline = try Pipeline()
      try pipeline.request("GET / HTTP/1.1\r\nAccept-Encoding: \(acceptEncoding)\r\n\r\n")
      pipeline.write(.head(.html(length: nil)))
      pipeline.channel.flush()
      let coder = pipeline.handler.coder
      #expect(!coder.hasUnflushedOutput)
      pipeline.channel.pipeline.fireChannelReadComplete()
      pipeline.write(.end(nil))
      #expect(coder.hasUnflushedOutput)
      pipeline.channel.flush()
      #expect(!coder.hasUnflushedOutput)
    }

    @Test func `one long write is coded in turns, whatever its length`() throws {
      let pipeline = try Pipeline(maximumWholeBytes: 0)
      try pipeline.request("GET / HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\n")
      pipeline.write(.head(.html(length: nil)))
      pipeline.write(.body(.byteBuffer(ByteBuffer(bytes: [UInt8].noise(byteCount: 4 << 20)))))
      pipeline.write(.end(nil))
      #expect(pipeline.handler.coder.queuedByteCount > 3 << 20)
    }
  }

  /// Holds writes until a flush.
  private final class WriteKeeper: ChannelOutboundHandler {
    typealias OutboundIn = Any

    private var kept: [(NIOAny, EventLoopPromise<Void>?)] = []

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
      kept.append((data, promise))
    }

    func flush(context: ChannelHandlerContext) {
      let due = kept
      kept = []
      for (data, promise) in due { context.write(data, promise: promise) }
      context.flush()
    }
  }

  /// Answers a request, and writes as long as the channel is writable.
  private final class MindfulApplication: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart

    private let piece: ByteBuffer
    private var count: Int
    private let begin: @Sendable (ChannelHandlerContext) throws -> Void
    private let hasWritten: @Sendable (Int) -> Void
    private let isStalled: @Sendable () -> Void
    private var hasBegun = false

    init(
      piece: [UInt8], count: Int, begin: @escaping @Sendable (ChannelHandlerContext) throws -> Void,
      hasWritten: @escaping @Sendable (Int) -> Void, isStalled: @escaping @Sendable () -> Void
    ) {
      self.piece = ByteBuffer(bytes: piece)
      self.count = count
      self.begin = begin
      self.hasWritten = hasWritten
      self.isStalled = isStalled
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      guard case .end = unwrapInboundIn(data) else { return }
      context.write(part: .head(.html(length: nil)))
      context.flush()
      do {
        try begin(context)
      } catch {
        Issue.record(error)
      }
      context.flush()
      hasBegun = true
      write(context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
      if hasBegun { write(context) }
      context.fireChannelWritabilityChanged()
    }

    private func write(_ context: ChannelHandlerContext) {
      while context.channel.isWritable, count > 0 {
        count -= 1
        hasWritten(piece.readableBytes)
        context.write(part: .body(.byteBuffer(piece)))
        context.flush()
        if count == 0 {
          context.write(part: .end(nil))
          context.flush()
        }
      }
      if !context.channel.isWritable { isStalled() }
    }
  }
#endif
