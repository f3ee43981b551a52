#if NIO
  import NIOCore
  import NIOEmbedded
  import NIOHTTP1
  import NIOPosix
  import OutputBufferingNIO
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Testing

  /// Responses whose end the client can't derive from a length.
  @Suite(.timeLimit(.minutes(1))) struct HTTPResponseCodingHandlerFramingTests {
    /// Without half closure NIO then closes the connection, which would look like the end.
    @Test(arguments: ["gzip", "identity"])
    func `A message that the close ends is reset if its client closes its side before the end`(
      coding: String
    ) async throws {
      try await withServer { context in
        try context.channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: false)
        context.write(part: .head(.html(length: nil)))
        context.write(text: "begun")
        context.flush()
      } _: { port in
        let client = try AsyncClient(port: port)
        try await client.send(get(acceptEncoding: coding, version: "1.0"))
        let received = try await client.receiveToEnd { received in
          if received.text.hasSuffix("begun") { try? await client { $0.leave(.halfClose) } }
        }
        #expect(received.isReset)
      }
    }

    @Test func `After its end it isn't`() async throws {
      try await withServer { context in
        context.write(part: .head(.html(length: nil)))
        context.write(text: "all")
        context.write(part: .end(nil))
        context.flush()
      } _: { port in
        let received = try await exchange(port, get(version: "1.0"))
        #expect(received.text.hasSuffix("\r\n\r\nall") && !received.isReset)
      }
    }

    @Test(arguments: ["HEAD", "GET"], [nil, 4] as [Int?])
    func `A handler that is added after a request doesn't know whether content follows`(
      method: String, length: Int?
    ) throws {
      let channel = EmbeddedChannel()
      try channel.pipeline.syncOperations.configureHTTPServerPipeline()
      try channel.connect(to: SocketAddress(unixDomainSocketPath: "/")).wait()
      let request = "\(method) / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n"
      try channel.writeInbound(ByteBuffer(string: request))
      try channel.pipeline.syncOperations.addHandler(HTTPResponseCodingHandler(codings: [.gzip()]))
      channel.write(HTTPServerResponsePart.head(.html(length: length)), promise: nil)
      if method == "GET" {
        let page = ByteBuffer(string: "page")
        channel.write(HTTPServerResponsePart.body(.byteBuffer(page)), promise: nil)
      }
      try channel.writeAndFlush(HTTPServerResponsePart.end(nil)).wait()
      #expect(channel.isActive)
      var sent = ""
      while case .byteBuffer(let bytes)? = try channel.readOutbound(as: IOData.self) {
        sent += String(buffer: bytes)
      }
      #expect(sent.contains("content-length: 4\r\n") == (length == 4))
      #expect(!sent.contains("content-length: 0"))
      _ = try channel.finish()
    }
  }
#endif
