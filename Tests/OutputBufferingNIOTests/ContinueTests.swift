#if NIO
  import HTTPTypes
  import NIOCore
  import NIOEmbedded
  import NIOHTTP1
  import NIOHTTPTypes
  import NIOHTTPTypesHTTP1
  import Testing

  @testable import OutputBufferingNIO

  /// Clients that withhold their content until the server asks for it (RFC 9110 §10.1.1).
  @Suite struct ContinueTests {
    private static let interim = "HTTP/1.1 100 Continue\r\n\r\n"

    /// An HTTP/1 connection without a socket.
    private struct Connection {
      let channel = EmbeddedChannel()
      let connection: HTTPServerConnection

      init() throws {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.configureHTTPServerPipeline(
          withPipeliningAssistance: false, withErrorHandling: false)
        try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
        connection = try HTTPServerConnection.watchHTTP1(channel)
      }

      func close() {
        // A close may linger and wait for pending writes.
        channel.close(promise: nil)
        channel.embeddedEventLoop.advanceTime(by: .hours(1))
      }

      func receive(_ text: String) throws {
        try channel.writeInbound(ByteBuffer(string: text))
      }

      func respond(_ status: HTTPResponse.Status) throws {
        let head = HTTPResponse(status: status, headerFields: [.contentLength: "0"])
        try channel.writeOutbound(HTTPResponsePart.head(head))
        try channel.writeOutbound(HTTPResponsePart.end(nil))
      }

      /// The bytes sent since the last call.
      func sent() throws -> String {
        channel.embeddedEventLoop.run()
        var text = ""
        while let bytes = try channel.readOutbound(as: ByteBuffer.self) {
          text += String(buffer: bytes)
        }
        return text
      }
    }

    private static func request(
      version: String = "1.1", expect: String = "100-continue", _ content: String = ""
    ) -> String {
      "POST / HTTP/\(version)\r\nHost: a\r\nContent-Length: 5\r\nExpect: \(expect)\r\n\r\n\(content)"
    }

    @Test(arguments: ["100-continue", "100-Continue", "other, 100-continue"])
    func `A client that waits is told once`(expect: String) throws {
      let server = try Connection()
      defer { server.close() }
      try server.receive(Self.request(expect: expect))
      #expect(try server.sent().isEmpty)
      server.connection.sendContinue()
      server.connection.sendContinue()
      #expect(try server.sent() == Self.interim)
      try server.receive("12345")
      server.connection.sendContinue()
      try server.respond(.ok)
      let response = try server.sent()
      #expect(response.hasPrefix("HTTP/1.1 200 OK") && !response.contains("close"))
    }

    @Test(arguments: [
      request(version: "1.0"), request(expect: "other"), request("1"), request("12345"),
    ])
    func `A client that doesn't wait isn't told`(request: String) throws {
      let server = try Connection()
      defer { server.close() }
      try server.receive(request)
      server.connection.sendContinue()
      #expect(try server.sent().isEmpty)
    }

    @Test func `A final response refuses the content and closes`() throws {
      let server = try Connection()
      defer { server.close() }
      try server.receive(Self.request())
      try server.respond(.contentTooLarge)
      server.connection.sendContinue()
      let response = try server.sent()
      #expect(response.hasPrefix("HTTP/1.1 413") && !response.contains(" 100 "))
      #expect(response.lowercased().contains("connection: close"))
      #expect(server.connection.isClosing)
    }

    @Test func `A pipelined client is told after the response before`() throws {
      let server = try Connection()
      defer { server.close() }
      try server.receive("GET / HTTP/1.1\r\nHost: a\r\n\r\n" + Self.request())
      server.connection.sendContinue()
      #expect(try server.sent().isEmpty)
      try server.respond(.ok)
      let response = try server.sent()
      #expect(response.hasPrefix("HTTP/1.1 200 OK") && response.hasSuffix(Self.interim))
    }

    @Test func `A stream of HTTP 2 is told once, and not after its response`() throws {
      for isRefused in [false, true] {
        let channel = EmbeddedChannel()
        let connection = try HTTPServerConnection.watchHTTP2Stream(channel)
        let request = HTTPRequest(
          method: .post, scheme: "https", authority: "a", path: "/",
          headerFields: [.expect: "100-continue"])
        try channel.writeInbound(HTTPRequestPart.head(request))
        let final = HTTPResponsePart.head(HTTPResponse(status: .contentTooLarge))
        if isRefused { try channel.writeOutbound(final) }
        connection.sendContinue()
        connection.sendContinue()
        if !isRefused { try channel.writeOutbound(final) }
        var statuses: [Int] = []
        while let part = try channel.readOutbound(as: HTTPResponsePart.self) {
          if case .head(let head) = part { statuses.append(head.status.code) }
        }
        #expect(statuses == (isRefused ? [413] : [100, 413]))
        _ = try? channel.finish()
      }
    }
  }
#endif
