#if NIO
  import HTTPOutputBuffering
  import NIOCore
  import NIOEmbedded
  import NIOHTTP1
  @testable import OutputBufferingNIO
  import OutputBufferingTestSupport
  import OutputBufferingTesting
  import Testing

  /// With any engine a turn of the event loop codes for about a millisecond.
  @Suite(.timeLimit(.minutes(1))) struct HTTPResponseCodingHandlerTurnTests {
    static let page = String(repeating: "It was the best of times. ", count: 4000)

    /// Responds with an engine that codes 4 KiB in a millisecond, and runs other tasks in the loop
    /// meanwhile.
    private func turns(
      maximumWholeBytes: Int = 1 << 20, contentType: String = "text/html",
      latencyBound: Duration? = nil, wholeBodyLimit: Int = 0, _ answer: (Pipeline) -> Void
    ) throws -> (turns: [Int], response: WireResponse) {
      let log = TurnLog()
      let pipeline = try Pipeline(
        maximumWholeBytes: maximumWholeBytes, latencyBound: latencyBound,
        offer: SlowEncoder.offer(
          log, bytesPerMillisecond: 4096, wholeBodyLimit: wholeBodyLimit))
      try pipeline.request("GET / HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\n")
      var head = HTTPResponseHead.html(length: nil)
      head.headers.replaceOrAdd(name: "content-type", value: contentType)
      pipeline.write(.head(head))
      let eventLoop = pipeline.channel.embeddedEventLoop
      var isDone = false
      func beOthers() {
        log.add(.other)
        if !isDone { eventLoop.assumeIsolated().execute { beOthers() } }
      }
      answer(pipeline)
      let promise = eventLoop.makePromise(of: Void.self)
      promise.futureResult.assumeIsolated().whenComplete { _ in isDone = true }
      pipeline.channel.write(HTTPServerResponsePart.end(nil), promise: promise)
      pipeline.channel.flush()
      beOthers()
      eventLoop.run()
      let response = try pipeline.response()
      #expect(response.fields["content-encoding"] == "gzip")
      return (log.turns, response)
    }

    private func expectShort(_ turns: [Int], _ byteCount: Int, _ location: SourceLocation) {
      // The first slice is coded before the engine's speed is known.
      #expect(turns.count > byteCount / 16_384, "\(turns)", sourceLocation: location)
      #expect(turns.allSatisfy { $0 <= 16_384 }, "\(turns)", sourceLocation: location)
    }

    @Test func `a whole body, which has its exact length all the same`() throws {
      let (turns, response) = try turns { $0.write(text: Self.page) }
      expectShort(turns, Self.page.utf8.count, #_sourceLocation)
      #expect(response.fields["content-length"] == String(response.body.count))
      #expect(try InflateDecoder.text(response.body) == Self.page)
    }

    @Test(arguments: [1, 2])
    func `a whole body that its encoder wants in one call`(partCount: Int) throws {
      let byteCount = Self.page.utf8.count
      let (turns, response) = try turns(wholeBodyLimit: byteCount) { pipeline in
        for part in 0..<partCount {
          let bytes = Self.page.utf8.dropFirst(part * byteCount / partCount)
          pipeline.write(text: String(Substring(bytes.prefix(byteCount / partCount))))
        }
      }
      #expect(turns == [byteCount])
      #expect(try InflateDecoder.text(response.body) == Self.page)
    }

    @Test func `a long buffer`() throws {
      let (turns, response) = try turns(maximumWholeBytes: 0) { $0.write(text: Self.page) }
      expectShort(turns, Self.page.utf8.count, #_sourceLocation)
      #expect(response.fields["transfer-encoding"] == "chunked")
      #expect(try InflateDecoder.text(response.body) == Self.page)
    }

    @Test func `many buffers that are written in one turn`() throws {
      let (turns, response) = try turns { pipeline in
        pipeline.channel.flush()
        for _ in 0..<50 { pipeline.write(text: String(Self.page.prefix(2000))) }
      }
      expectShort(turns, 100_000, #_sourceLocation)
      #expect(try InflateDecoder.gunzip(response.body).count == 100_000)
    }

    @Test func `what was held when a flush comes`() throws {
      let (turns, response) = try turns { pipeline in
        pipeline.write(text: Self.page)
        pipeline.channel.flush()
      }
      expectShort(turns, Self.page.utf8.count, #_sourceLocation)
      #expect(try InflateDecoder.text(response.body) == Self.page)
    }

    @Test func `a whole body whose latency bound ends while it is being coded`() throws {
      let (turns, response) = try turns(latencyBound: .nanoseconds(0)) { pipeline in
        pipeline.write(text: Self.page)
        pipeline.channel.flush()
      }
      expectShort(turns, Self.page.utf8.count, #_sourceLocation)
      #expect(response.fields["content-length"] == String(response.body.count))
      #expect(try InflateDecoder.text(response.body) == Self.page)
    }

    @Test func `what was held when more comes than a whole body may have`() throws {
      let (turns, response) = try turns(maximumWholeBytes: 90_000) { pipeline in
        pipeline.write(text: String(Self.page.prefix(80_000)))
        pipeline.write(text: String(Self.page.dropFirst(80_000)))
      }
      expectShort(turns, Self.page.utf8.count, #_sourceLocation)
      #expect(response.fields["transfer-encoding"] == "chunked")
      #expect(try InflateDecoder.text(response.body) == Self.page)
    }

    @Test func `an event that is long`() throws {
      let (turns, response) = try turns(contentType: "text/event-stream") { pipeline in
        pipeline.write(text: "data: \(Self.page)\n\n")
      }
      expectShort(turns, Self.page.utf8.count, #_sourceLocation)
      #expect(try InflateDecoder.text(response.body) == "data: \(Self.page)\n\n")
    }

    @Test func `a budget's slices follow the engine`() {
      var budget = TurnBudget()
      #expect(!budget.isSpent && budget.sliceByteCount == 1024)
      budget.spend(8192, in: .milliseconds(4))
      #expect(budget.isSpent)
      budget.renew()
      #expect(!budget.isSpent && budget.sliceByteCount <= 2048)
      budget.renew()
      for _ in 0..<10 {
        budget.spend(budget.sliceByteCount, in: .nanoseconds(10))
        budget.renew()
      }
      #expect(budget.sliceByteCount == 16 * 1024)
    }

    @Test func `content that becomes hard to code is noticed within 16 KiB`() throws {
      var budget = TurnBudget()
      for _ in 0..<10 {
        budget.spend(budget.sliceByteCount, in: .nanoseconds(10))
        budget.renew()
      }
      let surprise = budget.sliceByteCount
      #expect(surprise <= 16 * 1024)
      // 6 ms per KiB, like zlib at level 9 for random text of two letters.
      budget.spend(surprise, in: .milliseconds(Int64(surprise * 6 / 1024)))
      #expect(budget.isSpent)
      budget.renew()
      #expect(budget.sliceByteCount == 512)
    }

    @Test func `a transport that takes nothing is waited for, with what came so far flushed`()
      throws
    {
      let pipeline = try Pipeline()
      try pipeline.request("GET / HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\n")
      pipeline.write(.head(.html(length: nil)))
      let noise = [UInt8].noise(byteCount: 4 << 20)
      pipeline.channel.isWritable = false
      let written = pipeline.watchedWrite(.body(.byteBuffer(ByteBuffer(bytes: noise))))
      pipeline.channel.embeddedEventLoop.run()
      let first = try pipeline.sentBytes()
      #expect(!written.isKept && first.count < 1 << 20 && !first.isEmpty)
      pipeline.channel.isWritable = true
      pipeline.channel.pipeline.fireChannelWritabilityChanged()
      pipeline.write(.end(nil))
      pipeline.channel.flush()
      let rest = try pipeline.sentBytes()
      let response = try #require(WireResponse(first + rest))
      #expect(try InflateDecoder.gunzip(response.body) == noise)
    }
  }
#endif
