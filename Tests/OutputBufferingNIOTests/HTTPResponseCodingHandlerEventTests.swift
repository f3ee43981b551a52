#if NIO
  import GzipContentCoding
  import HTTPContentCoding
  import HTTPOutputBuffering
  import NIOCore
  import NIOEmbedded
  import NIOHTTP1
  @testable import OutputBufferingNIO
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Testing

  /// Events during a response: long buffers, flushes, closes and removal.
  @Suite struct HTTPResponseCodingHandlerEventTests {
    static let page = HTTPResponseCodingHandlerTests.page
    static let request = "GET / HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\n"

    @Test func `A write of 20 MiB is coded, in slices that leave the event loop to others`() throws
    {
      let pipeline = try Pipeline()
      let noise = [UInt8].noise(byteCount: 20 << 20)
      try pipeline.request(Self.request)
      pipeline.write(.head(.html(length: nil)))
      let written = pipeline.watchedWrite(.body(.byteBuffer(ByteBuffer(bytes: noise))))
      pipeline.write(.end(nil))
      pipeline.channel.flush()
      var sent = try pipeline.sentBytesOfTurn()
      #expect(!sent.isEmpty)
      #expect(sent.count < 1 << 20)
      #expect(!written.isKept)
      pipeline.channel.embeddedEventLoop.run()
      #expect(written.isKept)
      sent += try pipeline.sentBytes()
      let response = try #require(WireResponse(sent))
      #expect(response.fields["content-encoding"] == "gzip")
      #expect(try InflateDecoder.gunzip(response.body) == noise)
      #expect(pipeline.channel.isActive)
    }

    @Test func `A long buffer that is abandoned fails, and so do later writes`() throws {
      let pipeline = try Pipeline()
      try pipeline.request(Self.request)
      pipeline.write(.head(.html(length: nil)))
      let body = HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(repeating: 65, count: 1 << 20)))
      let flags = [pipeline.watchedWrite(body), pipeline.watchedWrite(.end(nil))]
      pipeline.channel.pipeline.fireChannelInactive()
      pipeline.channel.embeddedEventLoop.run()
      for flag in flags { #expect(flag.error != nil) }
      #expect(pipeline.pool.liveCount == 0)
    }

    @Test func `A flush sends the response before, also while a long buffer is coded`() throws {
      let pipeline = try Pipeline()
      try pipeline.request(Self.request + Self.request)
      pipeline.write(.head(.html(length: 4)))
      pipeline.write(text: "tiny")
      pipeline.write(.end(nil))
      pipeline.write(.head(.html(length: nil)))
      pipeline.write(.body(.byteBuffer(ByteBuffer(repeating: 65, count: 1 << 20))))
      pipeline.channel.flush()
      #expect(try pipeline.sent().contains("\r\n\r\ntiny"))
    }

    @Test func `A flush within the latency bound sends the response before`() throws {
      let pipeline = try Pipeline(latencyBound: .milliseconds(5))
      try pipeline.request(Self.request + Self.request)
      pipeline.write(.head(.html(length: 4)))
      pipeline.write(text: "tiny")
      pipeline.write(.end(nil))
      pipeline.write(.head(.html(length: nil)))
      pipeline.write(text: Self.page)
      pipeline.channel.flush()
      #expect(try pipeline.sent().hasSuffix("\r\n\r\ntiny"))
    }

    @Test func `An event doesn't wait for the latency bound`() throws {
      let pipeline = try Pipeline(latencyBound: .milliseconds(5))
      try pipeline.request(Self.request)
      pipeline.write(
        .head(.init(version: .http1_1, status: .ok, headers: ["content-type": "text/event-stream"]))
      )
      pipeline.write(text: "data: 1\n\n")
      pipeline.channel.flush()
      let sent = try pipeline.sent()
      #expect(sent.contains("content-encoding: gzip") || sent.contains("Content-Encoding: gzip"))
    }

    @Test func `A promise without bytes is kept with those before it`() throws {
      let pipeline = try Pipeline()
      try pipeline.request(Self.request)
      pipeline.write(.head(.html(length: nil)))
      pipeline.write(text: Self.page)
      pipeline.channel.flush()
      let empty = pipeline.watchedWrite(.body(.byteBuffer(ByteBuffer())))
      pipeline.channel.flush()
      #expect(empty.isKept)
    }

    @Test func `A promise for a body to HEAD is kept when its head is flushed`() throws {
      let pipeline = try Pipeline()
      try pipeline.request("HEAD / HTTP/1.1\r\n\r\n")
      pipeline.write(.head(.html(length: Self.page.utf8.count)))
      let dropped = pipeline.watchedWrite(.body(.byteBuffer(ByteBuffer(string: Self.page))))
      #expect(!dropped.isKept)
      pipeline.channel.flush()
      #expect(dropped.isKept)
      pipeline.write(.end(nil))
      pipeline.channel.flush()
      #expect(try pipeline.sent().hasSuffix("\r\n\r\n"))
    }

    @Test func `A close follows what is still being coded`() throws {
      let pipeline = try Pipeline()
      try pipeline.request(Self.request)
      pipeline.write(.head(.html(length: nil)))
      let plain = String(repeating: "A", count: 1 << 20)
      pipeline.write(text: plain)
      pipeline.write(.end(nil))
      pipeline.channel.flush()
      pipeline.channel.close(promise: nil)
      #expect(pipeline.channel.isActive)
      pipeline.channel.embeddedEventLoop.run()
      #expect(!pipeline.channel.isActive)
      #expect(try InflateDecoder.text(pipeline.response().body) == plain)
    }

    @Test func `A close follows what was flushed within the latency bound`() throws {
      let pipeline = try Pipeline(latencyBound: .milliseconds(5))
      try pipeline.request(Self.request)
      pipeline.write(.head(.html(length: nil)))
      pipeline.write(text: Self.page)
      pipeline.channel.flush()
      pipeline.channel.close(promise: nil)
      #expect(!pipeline.channel.isActive)
      #expect(try !pipeline.response().body.isEmpty)
    }

    @Test func `The handler leaves at the end of the response that is underway`() throws {
      let pipeline = try Pipeline()
      try pipeline.request(Self.request + Self.request)
      pipeline.write(.head(.html(length: nil)))
      pipeline.write(text: Self.page)
      let promise = pipeline.channel.eventLoop.makePromise(of: Void.self)
      let removed = KeptFlag(promise.futureResult)
      pipeline.channel.pipeline.syncOperations.removeHandler(pipeline.handler, promise: promise)
      pipeline.write(text: Self.page)
      #expect(!removed.isKept)
      pipeline.write(.end(nil))
      pipeline.channel.flush()
      #expect(removed.isKept)
      #expect(try InflateDecoder.text(pipeline.response().body) == Self.page + Self.page)
      try pipeline.respond(page: Self.page)
      #expect(try pipeline.response().fields["content-encoding"] == nil)
    }

    @Test func `A handler that waits to leave is gone with its channel`() throws {
      let pipeline = try Pipeline()
      try pipeline.request(Self.request)
      pipeline.write(.head(.html(length: nil)))
      let promise = pipeline.channel.eventLoop.makePromise(of: Void.self)
      let removed = KeptFlag(promise.futureResult)
      pipeline.channel.pipeline.syncOperations.removeHandler(pipeline.handler, promise: promise)
      #expect(!removed.isKept)
      _ = try? pipeline.channel.finish()
      #expect(removed.isKept)
    }

    @Test func `Between responses no storage is kept`() throws {
      let pipeline = try Pipeline()
      try pipeline.request(Self.request)
      pipeline.write(.head(.html(length: nil)))
      let noise = [UInt8].noise(byteCount: 1 << 17)
      pipeline.write(.body(.byteBuffer(ByteBuffer(bytes: noise))))
      pipeline.write(text: "more")
      pipeline.channel.flush()
      #expect(try #require(pipeline.handler.coder.response).spent.capacity <= 128 * 1024)
      pipeline.write(.end(nil))
      pipeline.channel.flush()
      pipeline.channel.embeddedEventLoop.run()
      #expect(pipeline.handler.coder.response == nil)
    }
  }
#endif
