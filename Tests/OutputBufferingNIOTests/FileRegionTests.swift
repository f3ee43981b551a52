#if NIO
  import GzipContentCoding
  import HTTPOutputBuffering
  import HTTPTypes
  import NIOCore
  import NIOHTTPTypes
  import OutputBuffering
  import OutputBufferingNIO
  import Synchronization
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Testing

  /// Files that a handler writes, over a real socket.
  @Suite(.timeLimit(.minutes(1))) struct FileRegionTests {
    static let text = String(repeating: "<p>The quick brown fox.</p>", count: 12_000)

    /// Serves a file between two texts.
    ///
    /// - Returns: The received bytes, and the number of bytes sent as file regions.
    private func exchangeFile(
      _ request: String, sendsFileRegions: Bool = true, missing: Int = 0,
      above handlers: @escaping @Sendable () -> [any ChannelHandler] = { [] },
      _ write: @escaping @Sendable (BufferedResponse, FileRegion) async throws -> Void
    ) async throws -> (Received, regionByteCount: Int) {
      let file = try TestFile(Array(Self.text.utf8))
      defer { file.remove() }
      let buffering = ResponseBuffering(
        settings: .init(codings: [.gzip()], allowsHalfClosedClients: true))
      let counted = Mutex(0)
      let received = Mutex(Received())
      try await withAsyncServer(
        below: { [RegionCounter { byteCount in counted.withLock { $0 += byteCount } }] },
        above: handlers,
        sendsFileRegions: sendsFileRegions
      ) { request, connection, outbound in
        try await buffering.respond(
          to: request, on: connection, outbound: outbound, head: .html()
        ) { response in
          let handle = try file.open()
          defer { try? handle.close() }
          try await write(
            response,
            FileRegion(fileHandle: handle, readerIndex: 0, endIndex: file.byteCount + missing))
          try await response.finish(.close)
        }
      } _: { port in
        let all = try await exchange(port, request)
        received.withLock { $0 = all }
      }
      return (received.withLock { $0 }, counted.withLock { $0 })
    }

    @Test(arguments: ["1.0", "1.1"])
    func `What isn't coded is sent as a region`(version: String) async throws {
      let (received, regionByteCount) = try await exchangeFile(
        get(acceptEncoding: "", version: version)
      ) { response, region in
        try await response.write("before")
        try await response.write(region)
        try await response.write("after")
      }
      #expect(regionByteCount == Self.text.utf8.count)
      #expect(try received.response.body == Array("before\(Self.text)after".utf8))
    }

    /// A file passes that handler as an event.
    @Test(arguments: [CompressionMode.off, .automatic])
    func `A coding handler above leaves it alone`(mode: CompressionMode) async throws {
      let (received, regionByteCount) = try await exchangeFile(
        get(),
        above: {
          [HTTPTypesResponseCodingHandler(version: .http1_1, codings: [.gzip()])]
        }
      ) { response, region in
        response.compressionMode = mode
        try await response.write("before")
        try await response.write(region)
        try await response.write("after")
      }
      let response = try received.response
      let text = "before\(Self.text)after"
      #expect(regionByteCount == (mode == .off ? Self.text.utf8.count : 0))
      #expect(response.fields["content-encoding"] == (mode == .off ? nil : "gzip"))
      if mode == .off {
        #expect(response.body == Array(text.utf8))
      } else {
        #expect(try InflateDecoder.text(response.body) == text)
      }
    }

    /// The application answers some requests itself.
    @Test func `A file doesn't overtake an earlier response that is being coded`() async throws {
      let file = try TestFile(Array(Self.text.utf8))
      defer { file.remove() }
      let buffering = ResponseBuffering(
        settings: .init(codings: [.gzip()], allowsHalfClosedClients: true))
      let count = Atomic(0)
      let received = Mutex(Received())
      try await withAsyncServer(
        above: { [HTTPTypesResponseCodingHandler(version: .http1_1, codings: [.gzip()])] },
        sendsFileRegions: true
      ) { request, connection, outbound in
        guard count.add(1, ordering: .relaxed).newValue == 2 else {
          _ = await connection.requestStarted()
          let content = ByteBuffer(bytes: [UInt8].noise(byteCount: 12 << 20))
          let head = HTTPResponse(status: .ok, headerFields: [.contentType: "text/html"])
          return try await outbound.write(contentsOf: [.head(head), .body(content), .end(nil)])
        }
        try await buffering.respond(
          to: request, on: connection, outbound: outbound, head: .html()
        ) { response in
          response.compressionMode = .off
          let handle = try file.open()
          defer { try? handle.close() }
          try await response.write(FileRegion(fileHandle: handle))
        }
      } _: { port in
        let all = try await exchange(port, get() + get())
        received.withLock { $0 = all }
      }
      let bytes = received.withLock { $0 }.bytes
      #expect(!String(decoding: bytes, as: UTF8.self).contains("quick brown fox"))
    }

    @Test func `Two requests and their files share a connection`() async throws {
      let (received, regionByteCount) = try await exchangeFile(
        get(acceptEncoding: "") + get(acceptEncoding: "", version: "1.0")
      ) { response, region in
        try response.updateHead { $0.headerFields[.contentLength] = String(region.readableBytes) }
        try await response.write(region)
        try await response.finish()
      }
      #expect(regionByteCount == 2 * Self.text.utf8.count)
      #expect(received.text.ranges(of: Self.text).count == 2)
    }

    @Test func `What is coded is read`() async throws {
      let (received, regionByteCount) = try await exchangeFile(get()) { response, region in
        try await response.write(region)
      }
      #expect(regionByteCount == 0)
      #expect(try InflateDecoder.text(received.response.body) == Self.text)
    }

    @Test func `What an output buffer has to see is read`() async throws {
      let (received, regionByteCount) = try await exchangeFile(get(acceptEncoding: "")) {
        response, region in
        response.output.start(named: "upper") { input, _, output in
          output.append(copying: input)
          output.append(UInt8(ascii: "!"))
        }
        try await response.write(region)
        try response.output.endFlush()
      }
      #expect(regionByteCount == 0)
      #expect(try received.response.body == Array("\(Self.text)!".utf8))
    }

    @Test func `Where the connection doesn't send regions they are read`() async throws {
      let (received, regionByteCount) = try await exchangeFile(
        get(acceptEncoding: ""), sendsFileRegions: false
      ) { response, region in
        try await response.write(region)
      }
      #expect(regionByteCount == 0)
      #expect(try received.response.body == Array(Self.text.utf8))
    }

    @Test(arguments: ["gzip", ""])
    func `A file that ends before its region breaks the message off`(
      acceptEncoding: String
    ) async throws {
      let seen = Mutex<ResponseError.Code?>(nil)
      let (received, _) = try await exchangeFile(
        get(acceptEncoding: acceptEncoding), missing: 1_000_000
      ) { response, region in
        response.ignoresDisconnect = true
        try await response.write("before")
        try await response.flush()
        do {
          try await response.write(region)
        } catch {
          seen.withLock { $0 = (error as? ResponseError)?.code }
          throw error
        }
      }
      #expect(received.text.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(!received.text.hasSuffix("0\r\n\r\n"))
      #expect(seen.withLock { $0 } == .declaredLengthNotReached)
    }

    /// A file of a type that this adapter doesn't know.
    private struct ForeignFile: ResponseFile {
      var content = Array(text.utf8)
      var missingByteCount = 0

      var byteCount: Int { content.count + missingByteCount }

      func check() throws {}

      func read(from offset: Int, upTo limit: Int) async throws -> ContiguousArray<UInt8> {
        ContiguousArray(content.dropFirst(offset).prefix(min(limit, 10_000)))
      }
    }

    @Test(arguments: ["1.0", "1.1"], ["gzip", ""])
    func `A file of another type is read and sent whole`(
      version: String, acceptEncoding: String
    ) async throws {
      let (received, regionByteCount) = try await exchangeFile(
        get(acceptEncoding: acceptEncoding, version: version)
      ) { response, _ in
        try await response.write("before")
        try await response.writeFile(ForeignFile())
        try await response.write("after")
      }
      #expect(regionByteCount == 0)
      let (body, text) = (try received.response.body, "before\(Self.text)after")
      let isCoded = try received.response.fields["content-encoding"] == "gzip"
      #expect(isCoded == (acceptEncoding == "gzip" && version == "1.1"))
      #expect(isCoded ? try InflateDecoder.text(body) == text : body == Array(text.utf8))
    }

    @Test(arguments: ["gzip", ""])
    func `A file of another type that ends early breaks the message off`(
      acceptEncoding: String
    ) async throws {
      let (received, _) = try await exchangeFile(get(acceptEncoding: acceptEncoding)) {
        response, _ in
        try await response.write("before")
        try await response.flush()
        try await response.writeFile(ForeignFile(missingByteCount: 1_000_000))
      }
      #expect(received.text.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(!received.text.hasSuffix("0\r\n\r\n"))
    }

    @Test func `Where nothing was sent such a file is an error of the server's`() async throws {
      let (received, _) = try await exchangeFile(
        get(acceptEncoding: "", version: "1.0"), missing: 1_000_000
      ) { response, region in
        try await response.write("before")
        try await response.write(region)
      }
      #expect(received.text.hasPrefix("HTTP/1.0 500 ") || received.text.hasPrefix("HTTP/1.1 500 "))
      #expect(!received.text.contains("before"))
    }
  }

  /// Counts the bytes that reach the socket as file regions.
  private final class RegionCounter: ChannelOutboundHandler, Sendable {
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    private let count: @Sendable (Int) -> Void

    init(_ count: @escaping @Sendable (Int) -> Void) {
      self.count = count
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
      if case .fileRegion(let region) = unwrapOutboundIn(data) { count(region.readableBytes) }
      context.write(data, promise: promise)
    }
  }
#endif
