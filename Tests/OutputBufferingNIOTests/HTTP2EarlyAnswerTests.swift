#if NIO
  import HTTPTypes
  import NIOCore
  import NIOEmbedded
  import NIOHTTP2
  import NIOHTTPTypes
  import NIOHTTPTypesHTTP2
  import Testing

  @testable import OutputBufferingNIO

  /// Responses that are complete before their request is (RFC 9113 §8.1).
  @Suite(.timeLimit(.minutes(1))) struct HTTP2EarlyAnswerTests {
    /// Takes the place of the stream's codec.
    private final class Recorder: ChannelOutboundHandler {
      typealias OutboundIn = Any

      var resets: [NIOHTTP2.HTTP2ErrorCode?] = []
      private let knowsReset: Bool

      init(knowsReset: Bool) {
        self.knowsReset = knowsReset
      }

      func triggerUserOutboundEvent(
        context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
      ) {
        resets.append((event as? NIOHTTP2FramePayloadToHTTPEvent)?.reset)
        guard knowsReset else { return promise?.fail(ChannelError.operationUnsupported) ?? () }
        promise?.succeed()
      }
    }

    private func resets(
      afterRequestEnd isRequestEnded: Bool, responseEnd isResponseEnded: Bool = true,
      knowsReset: Bool = true
    ) throws -> [NIOHTTP2.HTTP2ErrorCode?] {
      let recorder = Recorder(knowsReset: knowsReset)
      let channel = EmbeddedChannel()
      try channel.pipeline.syncOperations.addHandlers(recorder, HTTPWatchHandler())
      try channel.connect(to: .init(ipAddress: "127.0.0.1", port: 1)).wait()
      try channel.writeInbound(
        HTTPRequestPart.head(
          HTTPRequest(method: .post, scheme: "http", authority: "test", path: "/")))
      if isRequestEnded { try channel.writeInbound(HTTPRequestPart.end(nil)) }
      channel.write(HTTPResponsePart.head(HTTPResponse(status: .notFound)), promise: nil)
      if isResponseEnded { channel.write(HTTPResponsePart.end(nil), promise: nil) }
      channel.flush()
      let closed = channel.close()
      channel.embeddedEventLoop.run()
      try closed.wait()
      #expect(!channel.isActive)
      return recorder.resets
    }

    @Test(arguments: [true, false])
    func `an unread request is reset without an error`(knowsReset: Bool) throws {
      #expect(try resets(afterRequestEnd: false, knowsReset: knowsReset) == [.noError])
    }

    @Test func `other streams are only closed`() throws {
      #expect(try resets(afterRequestEnd: true) == [])
      #expect(try resets(afterRequestEnd: false, responseEnd: false) == [])
    }
  }
#endif
